"""The edge: DynamoDB, SQS, secrets, HTTP, settings, wiring."""
