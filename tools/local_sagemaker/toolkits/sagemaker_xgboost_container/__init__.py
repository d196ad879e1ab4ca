"""What scripts in XGBoost's image import of its own package: checkpointing, data_utils and encoder.

A container finds this folder beside `local_sagemaker`, under the name that AWS's open-source container gives it. Names
and behaviour are that container's, as its README and AWS's example notebooks use them; the rest of it is not here.
"""
