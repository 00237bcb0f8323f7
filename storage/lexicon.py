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
HANGUL_NEGATIONS = ("않", "못", "없", "아니", "안", "불가", "금지", "말아", "말것", "미")

MODALS = _set(
    """may might shall should must will would can could ought cannot need needs required requires
    require permitted optional mandatory voluntary obliged obligatory compulsory
    doit doivent peut peuvent devra pourra"""
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
HANGUL_MODALS = (
    *(
        "하여야",
        "해야",
        "할수있",
        "할수없",
        "해서는",
        "된다",
        "안된다",
        "의무",
        "금지",
        "허용",
        "가능",
        "권고",
    ),
    *("수", "있다", "있으며", "한다", "것이다", "예정", "방침", "계획"),
)

#: Replacing, adding or removing one of these changes what the reader must do or expect.
CRITICAL = _set(
    """ban bans banned banning waiver waivers waive waived exempt exempts exempted exemption exemptions
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
    **dict.fromkeys(("percent", "pct", "퍼센트", "％"), "%"),
    **dict.fromkeys(("metres", "metre", "meter"), "meters"),
    **dict.fromkeys(("kilometres", "kilometre", "kilometer"), "kilometers"),
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
    be been being has have had do does did with from into onto upon there here their they them he she
    his her him we our us you your i my me also so then than such same own while when where
    whilst amid among amongst via through across along around about towards toward regarding concerning
    therefore thus hence moreover furthermore additionally however meanwhile indeed very quite rather too
    just still already now currently presently further furthermore newly recently well
    'll 've 's 're 'd de la le les des du un une et en au aux que qui dans sur pour"""
)
HAN_FUNCTION = frozenset(
    "的地得了着之其此该这那也并且和与及而就则等在于对从向以把被将让给到中上里等个们吗呢啊呀"
)

#: Groups a desk exchanges without changing what is said. Lower case, base and inflected forms.
_SYNONYMS = """
said stated noted added remarked commented told says states notes adds explained
big large sizable sizeable
quick fast rapid swift
quickly rapidly swiftly fast
start begin commence started began begun commenced starts begins starting beginning
end finish conclude ended finished concluded
help assist aid helped assisted aided helps
show demonstrate illustrate showed shown demonstrated shows demonstrates
use utilize utilise employ used utilized utilised uses
buy purchase bought purchased
try attempt tried attempted
get obtain got obtained
make create made created
important significant key major crucial vital essential main
many numerous several
also additionally
about approximately around roughly some nearly
because since as
but however yet though although
while whereas
firm company firms companies enterprise enterprises business businesses corporation
official officials
nation country nations countries
government authorities administration
area region areas regions
plan scheme programme program plans programmes programs
method approach way methods approaches
aim goal target objective aims goals objectives
problem issue problems issues
people persons individuals
build construct built constructed building
boost promote foster advance boosts promotes promoting boosting fostering
improve enhance upgrade improved enhanced improves enhances improving enhancing
ensure guarantee ensures ensuring
keep maintain keeps maintains maintained kept
hold organise organize held organised organized
announced unveiled released issued published disclosed
according
near close
huge vast enormous massive
small little
new fresh
difficult hard tough
easy simple
wide broad
whole entire full
often frequently
usually generally normally
mostly mainly primarily chiefly largely
especially particularly notably
almost nearly
meeting session gathering meetings
talk speak talks discussions talked spoke
ask request asked requested
give provide gave provided gives provides offering offer offered
need require
speed pace
chance opportunity
car automobile vehicle cars automobiles vehicles
job position jobs
money funds funding
rules regulations
city municipality
metaverse metacosm metaworld metaversion
per
held
"""
SYNONYMS: dict[str, int] = {}
for _index, _line in enumerate(_SYNONYMS.strip().splitlines()):
    for _word in _line.split():
        SYNONYMS.setdefault(_word, _index)

#: Han words exchanged without changing what is said.
HAN_SYNONYMS = (
    *(("表示", "称", "说", "指出", "介绍", "强调", "认为", "透露", "说道", "告诉记者"),),
    *(
        ("目前", "当前", "现在", "现阶段"),
        ("以及", "和", "与", "及", "并"),
        ("但是", "但", "不过", "然而"),
    ),
    *(
        ("非常", "十分", "很", "极为", "相当"),
        ("许多", "很多", "众多", "大量"),
        ("开始", "启动", "展开"),
    ),
    *(
        ("进行", "开展", "实施"),
        ("促进", "推动", "推进"),
        ("提高", "提升"),
        ("加大", "加强"),
        ("公司", "企业"),
    ),
    *(("因此", "所以", "因而"), ("帐", "账"), ("其他", "其它"), ("登陆", "登录"), ("作为", "做为")),
    *(("截至", "截止"), ("部署", "布署"), ("唯一", "惟一"), ("像", "象"), ("重要", "关键", "主要")),
    *(
        ("日前", "近日", "近期", "日前"),
        ("方面", "领域"),
        ("记者", "本报记者", "笔者"),
        ("通过", "经过"),
    ),
    *(("如果", "若", "如"), ("已经", "已", "业已"), ("由于", "因为", "因"), ("大约", "约", "左右")),
    *(
        ("很快", "迅速", "快速"),
        ("巨大", "庞大"),
        ("帮助", "协助"),
        ("获得", "取得"),
        ("出现", "发生"),
    ),
)
HANGUL_SYNONYMS = (
    *(("밝혔다", "말했다", "전했다", "설명했다", "강조했다", "덧붙였다", "언급했다", "했다고"),),
    *(
        ("매우", "아주", "상당히", "크게"),
        ("현재", "지금"),
        ("기업", "회사", "업체"),
        ("그러나", "하지만", "다만"),
    ),
    *(
        ("또한", "또", "아울러"),
        ("및", "와", "과", "그리고"),
        ("많은", "다수의", "여러"),
        ("위해", "위하여"),
    ),
    *(
        ("약", "대략"),
        ("시작", "개시", "착수"),
        ("되", "돼"),
        ("통해", "통하여"),
        ("대해", "대하여", "관해"),
    ),
)

#: Pairs one letter apart that are both words: never a slip of the pen.
CONFUSABLE = _set(
    """casual causal contact contract county country infect inject through though thorough desert dessert
    prosecute persecute statue statute status formally formerly ration ratio marital martial trail trial
    united untied complaint compliant policy police advice advise personal personnel moral morale device
    devise quite quiet council counsel principal principle affect effect accept except adopt adapt adapted
    adopted million billion trillion trillions millions billions complement compliment imminent eminent
    precede proceed access excess assure insure ensure loose lose public pubic state stage estate contest
    context content consent contend intent invent prevent president precedent resident residents presidents
    inflation deflation emigrate immigrate migrate export expert exports experts report resort import
    impart house horse nuclear unclear united invasion evasion preserve reserve reverse revenue avenue
    secured secure security scarcity approve improve approved improved proposal disposal deposit depose
    deport depart export expect except inspect suspect respect prospect restrict district constrict
    minister ministry militia military production protection prediction reduction deduction induction
    correction collection connection conviction convection defect detect deflect reflect elect select
    reject eject inject subject object project protect protest contest detest attest arrest assess
    access excess recess process success succeed exceed proceed concede recede sending spending
    attending pending lending leading reading raising rising arising closing losing hiring firing living
    giving driving striving thriving arriving surviving reviving"""
)
