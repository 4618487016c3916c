"""The whole suite on this machine, by one command: engine, template.yaml, sandbox, demo business."""
