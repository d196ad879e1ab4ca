"""An Amazon SageMaker that fits in a laptop: it answers on loopback and does the work.

Clients are unmodified: boto3, the SageMaker SDK and anything else that speaks the wire get an address and credentials
from the environment. moto keeps the state of S3, IAM, STS, CloudWatch Logs and the plain SageMaker resources; one
layer in front of it does what moto cannot: it trains, serves, logs and takes time.

From the roof to the ground; imports point downwards, and a test holds them to it:

    server.py       start and stop; one line of JSON says where it listens (environment.py: what a client needs);
                    watching.py tells a person what runs
    layer.py        the door: host check, sizes, whose request it is, which handler answers; constraints.py is what
                    AWS's own model says of a request
    keeping/        ``--state``: everything outlives the server; kinds.py is how each kind of thing is written
    operations.py   every operation that is answered here, by name; catalogue.py says what each one does
    provenance.py   what jobs leave in experiments and lineage
    searching/      Search: what is described here, found by its members
    notebooks/      notebook instances: instance.py is one, jupyter.py its JupyterLab
    pipelines/      pipelines: definition.py reads one, running.py does its steps, kinds.py says what a step does
    jobs/           what kinds of jobs have in common, and each of them: processing.py, transform.py, tuning/
    records/        what is kept and does nothing by itself: model packages, monitoring schedules, experiments, lineage
    training/       training jobs: job.py is what is told of one, run.py what one does (inputs.py, program.py)
    hosting/        endpoints: endpoint.py is one as it is kept, deploying.py starts and changes it, invoking.py hands
                    requests over, variant.py is one variant; its own docstring has the rest
    functions/      Lambda functions, which pipelines call: their code, and a process for each call
    containers/     `/opt/ml` re-rooted, and a process in it: hosts.py is one for each host, script.py one whose
                    program is the user's (rooting.py lets it name `/opt/ml`, overlay.py install what it likes)
    cloud/          what handlers work with: moto, reached only over its wire; shelves of resources; clients of this
                    very server; storage.py moves objects, logs.py lines; journal.py keeps what moto does
                    (entries.py is a request, moment.py when it was made, effects.py whether it still matters)
    samples/        the public sample buckets: one file for each data set
    images/         an image is a virtual environment with pinned requirements
    identity.py handlers.py listing.py paging.py status.py archives.py cache.py
                    what several rooms share
    service_models.py, wire.py
                    what AWS says of its operations; a request as handlers see it, and errors as AWS shapes them

Inside containers, in an image's Python, run programs that import nothing of the above:

    toolkits/       what a framework image does with a user's training or inference script
    algorithms/     one file per built-in algorithm
"""
