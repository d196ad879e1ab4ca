"""An Amazon SageMaker that fits in a laptop: it answers on loopback and does the work.

Clients are unmodified: boto3, the SageMaker SDK and anything else that speaks the wire get an address and credentials
from the environment. moto keeps the state of S3, IAM, STS, CloudWatch Logs and the plain SageMaker resources; one
layer in front of it does what moto cannot: it trains, serves, logs and takes time.

    server.py       start and stop; one line of JSON says where it listens
    layer.py        the door: host check, sizes, whose request it is, which handler answers
    operations.py   every operation that is answered here, by name
    training.py     training jobs            training_run.py   one job, from Starting to Completed
    hosting.py      endpoints                serving.py        one variant: a model in a serving process
    notebooks.py    notebook instances       identity.py       what moto lacks of IAM
    cloud.py        what handlers work with: moto, the running processes, folders
    moto_floor.py   moto, reached only over its wire
    containers.py   `/opt/ml` re-rooted, and a process in it
    images/         an image is a virtual environment with pinned requirements
    algorithms/     one file per built-in algorithm; runs inside its image's environment
"""
