# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   labguide:
#     minutes: 1
#     data: [tools/labguide/backends/aws/prices.yml]
# ---

# %% [markdown]
# # What four ways of serving cost
#
# Sums for a page, from this workshop's table of prices.

# %% name="sums"
from pathlib import Path

import yaml

prices = yaml.safe_load(Path("prices.yml").read_text("utf-8"))
hour = prices["usd_an_hour"]["ml.m5.large"]
gigabyte_second = prices["usd"]["serverless.gigabyte_second"]["usd"]
memory = 2  # gigabytes
seconds = 0.1  # of work for one request
batch_minutes = 5  # one batch transform job

a_month_idle = hour * 730
thousand_serverless = 1000 * seconds * memory * gigabyte_second
one_batch_job = hour * batch_minutes / 60
batch_a_month = 30 * one_batch_job
requests_a_month = a_month_idle / thousand_serverless * 1000
millions = round(requests_a_month / 1e6)
millions_zh_tw = millions * 100  # of ten thousands, as numbers are counted in Chinese

print(f"an endpoint on ml.m5.large, idle: US${a_month_idle:.0f} a month")
print(f"1,000 serverless requests: US${thousand_serverless:.3f}")
print(f"one batch job of {batch_minutes} minutes: US${one_batch_job:.3f}")
print(f"serverless is cheaper below {millions} million requests a month")
