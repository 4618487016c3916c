"""The API of the business: models, routes, problems. The only place that speaks HTTP with pydantic."""
