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
# # Data wrangling, validation and drift
#
# Small tables, made up for this page, with the faults that real ones have.

# %% [markdown]
# ## Fetch
#
# Two sources: a shop's orders, and what a credit agency knows about the same customers.

# %% name="fetch"
import io

import pandas as pd

orders = pd.read_csv(
    io.StringIO("""customer,country,product,amount
101,US,A-100,20
102,United States,B-200,35
103,USA,,15
104,Taiwan,A-100,50
105,TW,X999,40
106,us,C-300,25
""")
)
credit = pd.read_csv(
    io.StringIO("""customer,paid_late,score
101,no,720
102,yes,580
104,no,690
105,no,640
106,yes,600
""")
)

orders

# %% [markdown]
# ## Clean
#
# *Inconsistent*: one country under several names.

# %% name="countries"
one_name = {"us": "US", "usa": "US", "united states": "US", "taiwan": "TW", "tw": "TW"}
orders["country"] = orders["country"].str.lower().map(one_name)

print(orders["country"].value_counts().to_string())

# %% [markdown]
# *Missing*: an order without a product. A gap can be left out, or be given a name of its own: perhaps it means
# something that there is none.

# %% name="missing"
print("Without a product:", orders["product"].isna().sum())
orders["product"] = orders["product"].fillna("unknown")

# %% [markdown]
# *Invalid*: a code that the catalogue does not have.

# %% name="invalid"
catalogue = {"A-100", "B-200", "C-300", "unknown"}
wrong = ~orders["product"].isin(catalogue)

print(orders[wrong].to_string(index=False))
orders = orders[~wrong]

# %% [markdown]
# ## Transform
#
# *Join* the two sources. Who is in only one of them falls out here, and that is worth a look.

# %% name="join"
joined = orders.merge(credit, on="customer", how="inner")

print(len(orders), "orders, of which", len(joined), "have a credit history")

# %% [markdown]
# *Words to numbers*, because algorithms calculate: yes and no become 1 and 0, and each of several names gets a
# column.

# %% name="numbers"
joined["paid_late"] = (joined["paid_late"] == "yes").astype(int)
ready = pd.get_dummies(joined, columns=["country", "product"], dtype=int)

ready.T

# %% [markdown]
# ## Combine attributes
#
# When must an aircraft be de-iced? When it is cold *and* damp. Temperature and humidity alone say little; a
# simple model, which can only weigh and add, does better with one attribute that combines them. The days are
# invented, by this rule and some chance.

# %% name="de-icing"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed=7)
days = pd.DataFrame(
    {"temperature": rng.uniform(-20, 20, 2000), "humidity": rng.uniform(20, 100, 2000)}
)
cold = (2 - days["temperature"]).clip(lower=0)
damp = (days["humidity"] - 50).clip(lower=0)
days["ice_risk"] = np.sqrt(cold * damp)  # both, or nothing
days["ice"] = (days["ice_risk"] + rng.normal(scale=2, size=2000) > 11).astype(int)

known, held_out = train_test_split(days, test_size=0.25, random_state=1)


def found(columns):
    """Of the icy days that were held out: how many does a simple model find?"""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(known[columns], known["ice"])
    return recall_score(held_out["ice"], model.predict(held_out[columns]))


separate = found(["temperature", "humidity"])
combined = found(["ice_risk"])

print(f"Icy days: {days['ice'].mean():.0%}")
print(f"found from temperature and humidity: {separate:.0%}")
print(f"found from one combined attribute:   {combined:.0%}")

# %% [markdown]
# ## Validate
#
# *Hold-out*: a quarter of the rows is kept apart, as above. *k-fold*: the rows are dealt into five piles, and
# each pile is the exam once, while the model learns from the other four. Five results instead of one also
# show how much is chance.

# %% name="k-fold"
model = make_pipeline(StandardScaler(), LogisticRegression())
folds = cross_val_score(model, days[["ice_risk"]], days["ice"], cv=5)

print("Each fold:", ", ".join(f"{fold:.0%}" for fold in folds))
print(f"Together:  {folds.mean():.0%}, give or take {folds.std():.1%}")

# %% [markdown]
# ## Drift
#
# A model learns in January who will pay late, from income and debt. Then prices and wages rise, month by
# month, and the world is not the one it learned from. Whoever collects the *ground truth*, what really
# happened, sees it, and trains again.

# %% name="drift"
def month(number, customers=1500):
    """Customers of one month: incomes and debts rise, and so does what living costs."""
    dearer = 1.06**number
    income = rng.lognormal(3.4, 0.3, customers) * dearer
    debt = rng.lognormal(2.0, 0.5, customers) * dearer
    chance = rng.normal(scale=1.5 * dearer, size=customers)
    late = income - debt + chance < 20 * dearer  # too little is left to live on
    return pd.DataFrame({"income": income, "debt": debt}), late.astype(int)


def trained(rows, truth):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, truth)


january = trained(*month(0))
latest = january
old, renewed = [], []
for number in range(1, 13):
    rows, truth = month(number)
    old.append(january.score(rows, truth))
    renewed.append(latest.score(rows, truth))
    latest = trained(rows, truth)  # the ground truth of this month, for the next

first_month, last_month, last_renewed = old[0], old[-1], renewed[-1]

print(f"January's model after one month:   {first_month:.0%} right")
print(f"January's model after a year:      {last_month:.0%} right")
print(f"trained again each month, then:    {last_renewed:.0%} right")

# %% name="drift-chart"
import matplotlib.pyplot as plt

months = range(1, 13)
figure, axes = plt.subplots(figsize=(7, 3.5))
axes.plot(months, np.round(renewed, 2), marker="o", label="trained again each month")
axes.plot(months, np.round(old, 2), marker="s", label="trained once")
axes.set_xticks(list(months))
axes.set_ylim(0.4, 1)
axes.set_xlabel("months after training")
axes.set_ylabel("share of right answers")
axes.legend(loc="lower left")
plt.show()
