"""The Ask tab: its components, controller, server functions, schemas and serializers."""
