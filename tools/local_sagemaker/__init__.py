"""An Amazon SageMaker that fits in a laptop: it answers on loopback and does the work.

Clients are unmodified: boto3, the SageMaker SDK and anything else that speaks the wire get an address and credentials
from the environment. moto keeps the state of S3, IAM, STS, CloudWatch Logs and the plain SageMaker resources; one
layer in front of it does what moto cannot: it trains, serves, logs and takes time.

    server.py       start and stop; one line of JSON says where it listens (environment.py: what a client needs)
    layer.py        the door: host check, sizes, whose request it is, which handler answers
    operations.py   every operation that is answered here, by name
    training.py     training jobs: training_job.py is what is told of one, training_run.py what one does (with
                    training_input.py, training_program.py and checkpoints.py)
    jobs.py         what processing.py, transform.py and tuning.py have in common; listing.py finds and orders jobs,
                    searching.py does so for Search
    strategies.py   how a tuning job chooses hyperparameters
    transform_records.py  what a transform job does with records; json_paths.py selects parts of one
    hosting.py      endpoints: endpoint.py is one as it is kept, deploying.py starts and changes it, invoking.py hands
                    requests over (event_stream.py frames answers), serving.py is one variant, a model in a process
    inference.py    inside a framework's image: a user's inference script (with inference_defaults.py)
    notebooks.py    notebook instances: notebook_instance.py is one, jupyter.py its JupyterLab
    journal.py      what moto keeps, on disk; keeping.py does so for jobs, endpoints and notebook instances
    catalogue.py    what each operation does here, drawn from the code; service_models.py is what AWS says of them
    watching.py     what runs, told to a person
    identity.py     what moto lacks of IAM
    cloud.py        what handlers work with: moto, the shelves of resources, clients of this very server
    status.py       a status that takes time to change, and the patience of those who ask for it
    moto_floor.py   moto, reached only over its wire; buckets.py says whose bucket is whose
    containers.py   `/opt/ml` re-rooted, and a process in it; logs.py, storage.py and archives.py serve it
    hosts.py        a process for each host of a job, with an address and a log stream of its own
    script_containers.py  a container whose program is the user's: rooting.py lets it name `/opt/ml`, overlay.py install
                    what it likes; toolkit.py, inside, is what a framework's image does with a script
    images/         an image is a virtual environment with pinned requirements
    algorithms/     one file per built-in algorithm; runs inside its image's environment
    wire.py         a request as handlers see it, and errors as AWS shapes them
"""
