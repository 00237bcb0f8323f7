"""Words that carry the force of a policy text, and words that carry next to nothing. Pure data."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATIONS = _set(
    """not no never none neither nor cannot can't won't don't doesn't didn't isn't aren't wasn't
    weren't hasn't haven't hadn't shouldn't wouldn't couldn't mustn't mayn't shan't needn't nothing
    nobody without hardly scarcely barely ne pas jamais aucun aucune sans ni"""
)
#: Characters that negate wherever they stand; phrases where they do not are taken out before.
HAN_NEGATIONS = frozenset("不未没无非勿莫否毋")
HAN_NOT_NEGATIONS = (
    *(
        "不断",
        "不仅",
        "不但",
        "不久",
        "不少",
        "不同",
        "不过",
        "不管",
        "不论",
        "不料",
        "无论",
        "非洲",
    ),
    *(
        "非常",
        "无锡",
        "未来",
        "莫斯科",
        "不丹",
        "没收",
        "除非",
        "是否",
        "能否",
        "不禁",
        "不愧",
        "不妨",
    ),
)
HANGUL_NEGATIONS = ("않", "못", "없", "아니", "금지", "불가")

MODALS = _set(
    """may might shall should must will would can could ought cannot need needs required requires
    require permitted optional mandatory voluntary obliged obligatory compulsory
    doit doivent peut peuvent devra pourra"""
)
#: On which side of a figure one is; of characters that alone say little.
HAN_BOUNDS = frozenset(
    {"以上", "以下", "以内", "以外", "之上", "之下", "之前", "之后", "以前", "以后"}
)
HAN_MODALS = (
    *(
        "不得",
        "严禁",
        "禁止",
        "应当",
        "必须",
        "可以",
        "允许",
        "准许",
        "能够",
        "有权",
        "无需",
        "无须",
    ),
    *(
        "应该",
        "务必",
        "需要",
        "不必",
        "鼓励",
        "支持",
        "要求",
        "建议",
        "可能",
        "应",
        "须",
        "可",
        "得",
    ),
    *("将", "要", "会", "拟", "宜", "需", "能", "或"),
)
HANGUL_MODALS = ("하여야", "해야", "의무", "허용", "가능", "권고", "예정", "방침")

#: Replacing, adding or removing one of these changes what the reader must do or expect.
CRITICAL = _set(
    """from against being former ban bans banned banning waiver waivers waive waived exempt exempts exempted exemption exemptions
    allow allows allowed permit permits prohibit prohibits prohibited forbid forbids forbidden deny
    denies denied approve approves approved approval reject rejects rejected rejection refuse refused
    accept accepts accepted grant grants granted revoke revoked suspend suspends suspended suspension
    resume resumed lift lifted impose imposes imposed repeal repealed withdraw withdrew withdrawn
    cancel cancels cancelled canceled postpone postponed delay delayed extend extended extension expire expired
    increase increases increased increasing decrease decreases decreased decreasing raise raises raised
    cut cuts lower lowers lowered reduce reduces reduced reduction rise rises rose risen fall falls fell
    fallen grow grew grown growth decline declines declined drop drops dropped gain gains gained loss
    losses lose lost profit surge surged plunge plunged expand expanded shrink shrank tighten tightened
    tightening ease eased easing loosen loosened relax relaxed strengthen weaken
    up down above below over under before after until since by within beyond unless except only all any
    every each some both either least most more less fewer maximum minimum exceed exceeds exceeding per
    first second third last next annual annually monthly weekly daily quarterly yearly day days week
    weeks month months year years hour hours minute minutes quarter quarters decade decades
    public private domestic foreign import imports imported export exports exported buyer buyers seller sellers
    legal illegal lawful unlawful valid invalid liable exempted guilty innocent acquitted convicted alleged
    allegedly confirmed unconfirmed draft final interim preliminary provisional temporary permanent effective
    fine fines penalty penalties tax taxes tariff tariffs subsidy subsidies quota sanction sanctions
    support supports supported oppose opposes opposed opposition agree agrees agreed disagree for against
    win wins won defeat defeated dead killed injured wounded missing arrested released jailed
    true false north south east west northern southern eastern western left right high low higher highest
    lowest import export include includes included exclude excludes excluded including excluding
    billion million thousand trillion percent percentage tonne tonnes ton tons kilogram kilograms km
    kilometers kilometres miles meters metres hectares acres dollars dollar yuan euro euros yen won pounds
    pound kw mw gw kwh mwh gwh twh"""
)

#: Units of one thing spelled in two ways: not a change.
SAME = {
    # One direction; how steeply ("surged", "plunged") is another matter.
    **dict.fromkeys(
        _set(
            """rise rises rose risen rising climb climbs climbed climbing increase increases increased
            increasing grow grows grew grown growing"""
        ),
        "rise",
    ),
    **dict.fromkeys(
        _set(
            """fall falls fell fallen falling drop drops dropped dropping decline declines declined
            declining decrease decreases decreased decreasing"""
        ),
        "fall",
    ),
    **dict.fromkeys(_set("cut cuts cutting reduce reduces reduced reducing reduction"), "cut"),
    **dict.fromkeys(("percent", "pct", "퍼센트", "％"), "%"),
    **dict.fromkeys(("metres", "metre", "meter", "meters"), "meters"),
    **dict.fromkeys(("kilometres", "kilometre", "kilometer", "kilometers", "km"), "km"),
    **dict.fromkeys(("kilogram", "kilograms", "kg", "kilogrammes"), "kilograms"),
    **dict.fromkeys(("hectare", "hectares", "ha"), "hectares"),
    **dict.fromkeys(("gigawatt", "gigawatts", "gw"), "gw"),
    **dict.fromkeys(("megawatt", "megawatts", "mw"), "mw"),
    **dict.fromkeys(("kilowatt", "kilowatts", "kw"), "kw"),
    **dict.fromkeys(("each", "every"), "every"),
    **dict.fromkeys(("tonne", "tonnes", "ton"), "tons"),
    **dict.fromkeys(("dollar", "dollars", "usd", "US$"), "$"),
    **dict.fromkeys(("euro", "euros", "eur"), "€"),
    **dict.fromkeys(("yuan", "rmb", "cny", "renminbi", "¥"), "yuan"),
    **dict.fromkeys(("won", "krw"), "₩"),
}

MONTHS = {
    name: index
    for index, names in enumerate(
        (
            *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
            *("july jul", "august aug", "september sept sep", "october oct", "november nov"),
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: index
    for index, names in enumerate(
        (
            *("monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thur thurs"),
            *("friday fri", "saturday sat", "sunday sun"),
        ),
        start=1,
    )
    for name in names.split()
}

#: Adding, dropping or exchanging these leaves what is said as it was.
FUNCTION = _set(
    """a an the of to in on at as and that this these those it its which who whom whose is are was were
    be been has have had do does did with into onto upon there here their they them he she
    his her him we our us you your i my me also so then than such same own while when where
    approximately roughly nearly circa teh adn hte taht thta wiht
    whilst amid among amongst via through across along around about towards toward regarding concerning
    therefore thus hence moreover furthermore additionally however meanwhile indeed very quite rather too
    just still already now currently presently further furthermore newly recently well
    but yet though although nevertheless nonetheless besides during
    'll 've 's 're 'd de la le les des du un une et en au aux que qui dans sur pour"""
)
HAN_FUNCTION = frozenset(
    "的地得了着之其此该这那也并且和与及而就则等在于对以将让给到中上里等个们吗呢啊呀"
)
