"""Countries and what belongs to them: "China's" and "Chinese" name one country. Pure data."""

from __future__ import annotations

_TABLE = """
china chinese
us america american americans
uk britain british
europe european europeans
japan japanese
korea korean koreans
russia russian russians
germany german germans
france french
italy italian italians
spain spanish
india indian indians
pakistan pakistani pakistanis
iran iranian iranians
iraq iraqi iraqis
israel israeli israelis
palestine palestinian palestinians
turkey turkish türkiye
ukraine ukrainian ukrainians
poland polish
sweden swedish
norway norwegian norwegians
finland finnish
denmark danish
netherlands dutch
belgium belgian belgians
switzerland swiss
austria austrian austrians
hungary hungarian hungarians
czechia czech
greece greek greeks
portugal portuguese
ireland irish
canada canadian canadians
mexico mexican mexicans
brazil brazilian brazilians
argentina argentine argentinian
chile chilean chileans
australia australian australians
indonesia indonesian indonesians
malaysia malaysian malaysians
singapore singaporean singaporeans
thailand thai
vietnam vietnamese
philippines philippine filipino
cambodia cambodian cambodians
myanmar burmese
laos laotian lao
mongolia mongolian mongolians
kazakhstan kazakh
egypt egyptian egyptians
nigeria nigerian nigerians
kenya kenyan kenyans
ethiopia ethiopian ethiopians
africa african africans
asia asian asians
taiwan taiwanese
tibet tibetan tibetans
cuba cuban cubans
venezuela venezuelan
serbia serbian serbs
"""

#: Each form, lower case, with the country it names.
COUNTRIES = {word: row.split()[0] for row in _TABLE.strip().splitlines() for word in row.split()}
