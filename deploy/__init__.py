"""What hosts of the app need: the folder of a Hugging Face Space, and settings for systemd and nginx.

docs/hosting.md describes them.
"""
