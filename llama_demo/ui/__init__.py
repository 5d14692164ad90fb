"""The page and its endpoints. The only layer that uses Gradio."""

import os

from llama_demo.ui.gradio_interfaces import write_no_interfaces

# Gradio reads these when it is imported, which every file of this folder does. The first keeps it from
# calling its makers at each start; the others would let the environment undo what launch.py settles.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
for _name in ("GRADIO_SHARE", "GRADIO_ALLOWED_PATHS", "GRADIO_LOCAL_DEV_MODE", "GRADIO_WATCH_DIRS"):
    os.environ.pop(_name, None)
write_no_interfaces()
