"""The Generate tab: its components, handlers, schemas and serializers."""
