# The base carries exactly torch 2.13.0 with CUDA 13.0; without a GPU the same image runs on the CPU.
FROM pytorch/pytorch:2.13.0-cuda13.0-cudnn9-runtime@sha256:db80a41f8428644cebcb3d75b0b62df334ab6c0e75785951eb25f48bfbd42407

# The sandbox filters system calls through libseccomp. Its version is the pinned base's.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libseccomp2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 plumbline \
    && install --directory --owner=plumbline --mode=0700 /data

# The image holds one application: its packages stand beside the base's torch.
ENV PIP_BREAK_SYSTEM_PACKAGES=1 \
    PYTHONUNBUFFERED=1 \
    PLUMBLINE_HOME=/data \
    PLUMBLINE_CONTAINER=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true

WORKDIR /app
COPY . .
RUN python3 -m pip install --no-cache-dir --editable ".[text]"

USER 10001
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# From inside it cannot be seen who reaches a published port: everybody is asked for the join code, which is printed in
# the log, unless the container is started with PLUMBLINE_DOOR=open.
CMD ["plumbline", "app"]
