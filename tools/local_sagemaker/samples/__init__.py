"""The public sample buckets that notebooks read from. They exist for every account and region, and nobody can write.

What AWS has there is not ours to ship: data that ships with scikit-learn is used as it is, everything else is drawn by
lot from a seed, with the columns and the form of the original. An object is made when it is first read.

To add an object: a function that returns its bytes, in a file of its own as the others are, a `Sample` that names its
key, and the file's samples into `CATALOGUE`. That's it.

    abalone, adult, bank_marketing, census, churn, digits, electricity, housing, scikit_learn, taxi
                        the data sets
    sample, drawing     what they share
    shop                how S3 comes to have them
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import abalone, adult, bank_marketing, census, churn, digits, electricity, housing, scikit_learn, taxi
from .sample import Sample

REGION = "<region>"
EVERYWHERE = (
    *abalone.SAMPLES,
    *adult.SAMPLES,
    *bank_marketing.SAMPLES,
    *churn.SAMPLES,
    *digits.SAMPLES,
    *electricity.SAMPLES,
    *housing.SAMPLES,
    *scikit_learn.SAMPLES,
    *taxi.SAMPLES,
)
CATALOGUE: Mapping[str, tuple[Sample, ...]] = {
    "sagemaker-sample-files": EVERYWHERE,
    f"sagemaker-example-files-prod-{REGION}": EVERYWHERE,
    f"sagemaker-sample-data-{REGION}": (
        *bank_marketing.REGIONAL_SAMPLES,
        *census.SAMPLES,
        *digits.REGIONAL_SAMPLES,
    ),
    f"sagemaker-servicecatalog-seedcode-{REGION}": abalone.PIPELINE_SAMPLES,
}
"""What is in which bucket."""

_REGIONS = r"(?P<region>[a-z]{2}(-[a-z]+)+-\d)"


def samples_in(bucket: str) -> Mapping[str, Sample]:
    """Return a bucket's samples by key; none if it is no sample bucket."""
    for name, samples in CATALOGUE.items():
        if re.fullmatch(name.replace(REGION, _REGIONS), bucket):
            return {sample.key: sample for sample in samples}
    return {}


def markdown() -> str:
    """Return the table of all samples: where they are, what they are, where they come from."""
    lines: list[str] = []
    for samples, buckets in _buckets_by_samples().items():
        lines += [f"In {' and '.join(f'`{bucket}`' for bucket in buckets)}:", "", "| key | what it is | origin |"]
        lines += ["|---|---|---|", *(f"| `{each.key}` | {each.about} | {each.origin} |" for each in samples), ""]
    return "\n".join(lines)


def _buckets_by_samples() -> dict[tuple[Sample, ...], list[str]]:
    found: dict[tuple[Sample, ...], list[str]] = {}
    for bucket, samples in CATALOGUE.items():
        found.setdefault(samples, []).append(bucket)
    return found
