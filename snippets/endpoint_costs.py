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
# ---

# %% [markdown]
# # What four ways of serving cost
#
# Sums for a page, from this workshop's table of prices.

# %% name="sums"
from importlib import import_module

prices = import_module("labguide.backends.aws.costs").prices()
hour = prices.usd_an_hour["ml.m5.large"]
gigabyte_second = prices.usd["serverless.gigabyte_second"]
memory = 2  # gigabytes
seconds = 0.1  # of work for one request
batch_minutes = 5  # one batch transform job

a_month_idle = hour * 730
thousand_serverless = 1000 * seconds * memory * gigabyte_second
one_batch_job = hour * batch_minutes / 60
requests_a_month = a_month_idle / thousand_serverless * 1000
millions = round(requests_a_month / 1e6)
ten_thousands = millions * 100  # as numbers are counted in Chinese

print(f"an endpoint on ml.m5.large, idle: US${a_month_idle:.0f} a month")
print(f"1,000 serverless requests: US${thousand_serverless:.3f}")
print(f"one batch job of {batch_minutes} minutes: US${one_batch_job:.3f}")
print(f"serverless is cheaper below {millions} million requests a month")
