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
# # Regions
#
# Which regions have SageMaker? The AWS SDK for Python brings a list of its own, so no request is needed.

# %% name="list"
import boto3
from botocore.session import get_session
from IPython.display import Markdown

codes = boto3.Session().get_available_regions("sagemaker")
known = get_session().get_data("endpoints")["partitions"][0]["regions"]
names = {code: known[code]["description"] for code in codes}
number_of_regions = len(names)

print(number_of_regions, "regions have SageMaker.")


# %% name="table"
def table(names, heading):
    """A Markdown table of two columns: a region's code and its name."""
    rows = [f"| `{code}` | {name} |" for code, name in sorted(names.items())]
    return "\n".join([heading, "|---|---|", *rows])


Markdown(table(names, "| Code | Region |"))

# %% [markdown]
# The names that the console shows in Traditional Chinese.

# %% name="table-zh-tw"
places = {
    "Africa": "非洲",
    "Asia Pacific": "亞太區域",
    "Canada": "加拿大",
    "Canada West": "加拿大西部",
    "EU": "歐洲",
    "Europe": "歐洲",
    "Israel": "以色列",
    "Mexico": "墨西哥",
    "Middle East": "中東",
    "South America": "南美洲",
    "US East": "美國東部",
    "US West": "美國西部",
}
cities = {
    "Bahrain": "巴林",
    "Calgary": "卡加利",
    "Cape Town": "開普敦",
    "Central": "中部",
    "Frankfurt": "法蘭克福",
    "Hong Kong": "香港",
    "Hyderabad": "海德拉巴",
    "Ireland": "愛爾蘭",
    "Jakarta": "雅加達",
    "London": "倫敦",
    "Malaysia": "馬來西亞",
    "Melbourne": "墨爾本",
    "Milan": "米蘭",
    "Mumbai": "孟買",
    "N. California": "加利佛尼亞北部",
    "N. Virginia": "維吉尼亞北部",
    "New Zealand": "紐西蘭",
    "Ohio": "俄亥俄",
    "Oregon": "奧勒岡",
    "Osaka": "大阪",
    "Paris": "巴黎",
    "Sao Paulo": "聖保羅",
    "Seoul": "首爾",
    "Singapore": "新加坡",
    "Spain": "西班牙",
    "Stockholm": "斯德哥爾摩",
    "Sydney": "雪梨",
    "Taipei": "台北",
    "Tel Aviv": "特拉維夫",
    "Thailand": "泰國",
    "Tokyo": "東京",
    "UAE": "阿拉伯聯合大公國",
    "Zurich": "蘇黎世",
}


def translated(name):
    """A region's name in Chinese, or in English where no translation is known."""
    place, _, city = name.rstrip(")").partition(" (")
    if place in places and city in cities:
        return f"{places[place]}（{cities[city]}）"
    return name


in_chinese = {code: translated(name) for code, name in names.items()}
Markdown(table(in_chinese, "| 代號 | 區域 |"))
