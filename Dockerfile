# The app for a server without a GPU; docs/hosting.md has the commands. PyPI has PyTorch for a GPU:
#   docker build --build-arg TORCH_INDEX=https://pypi.org/simple -t llama-demo .
FROM python:3.12-slim

ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PYTHONUNBUFFERED=1 \
    LLAMA_DEMO_HOST=0.0.0.0 \
    LLAMA_DEMO_PORT=7860 \
    LLAMA_DEMO_DATA_DIR=/data

RUN useradd --uid 1000 --create-home llama && install --directory --owner=llama /data

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -r requirements.txt
COPY app.py LICENSE ./
COPY llama_demo ./llama_demo
COPY assets ./assets

USER 1000
VOLUME /data
EXPOSE 7860
# As long as a row can be written into the database.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"LLAMA_DEMO_PORT\"]}/healthz', timeout=4)"]
CMD ["python", "app.py"]
