"""Words a desk exchanges without changing what is said, and pairs that only look alike. Pure data."""

from __future__ import annotations

from storage import wordings

#: Groups a desk exchanges without changing what is said. Lower case, base and inflected forms.
_SYNONYMS = """
journalists reporters newsmen correspondents
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
employees staff workers workforce personnel
located based situated
attended joined participated
welcomed hailed
remain stay remains stays remained stayed
carry conduct carried conducted carries conducts
earlier previously formerly
later afterwards subsequently
enough sufficient adequate
different various diverse
expensive costly
cheap inexpensive
complete completed
choose select chose selected chosen
establish found set established founded
focus concentrate focused concentrated
appear seem appears seems appeared seemed
happen occur happens occurs happened occurred
consider regard considered regarded
receive received
gather collect gathered collected
link connect linked connected
reply respond replied responded answered answer
wait await awaited waited
per
held
cause trigger spark prompt caused triggered sparked prompted causing triggering
factory plant mill factories plants mills
house home houses homes
lawmaker legislator parliamentarian lawmakers legislators parliamentarians
ship vessel ships vessels
probe investigation inquiry probes investigations inquiries
blast explosion blasts explosions
blaze fire blazes fires
quake earthquake temblor quakes earthquakes
spokesperson spokesman spokeswoman
cite quote cited quoted citing quoting
doctor physician doctors physicians
film movie films movies
child kid children kids
client customer clients customers
deal agreement pact accord deals agreements pacts accords
protect safeguard protected safeguarded protecting safeguarding
row dispute rows disputes
warn caution warned cautioned warns
praise laud commend praised lauded commended
vow pledge promise vowed pledged promised vows pledges promises
predict forecast project predicted forecasted projected predicts forecasts projects
hire recruit hired recruited
fire dismiss sack fired dismissed sacked
quit resign quits resigned resigns
die perish died perished
seek pursue sought pursued
cooperation collaboration
worth valued
route path routes paths
"""
SYNONYMS: dict[str, int] = {}
for _index, _line in enumerate(_SYNONYMS.strip().splitlines()):
    for _word in _line.split():
        SYNONYMS.setdefault(_word, _index)
for _index, _group in enumerate(wordings.ENGLISH, start=len(SYNONYMS)):
    _held = next((SYNONYMS[_word] for _word in _group if _word in SYNONYMS), _index)
    for _word in _group:
        SYNONYMS.setdefault(_word, _held)

#: Han words exchanged without changing what is said.
HAN_SYNONYMS = (
    *(("召开", "举行", "举办"), ("报道", "消息"), ("会上", "会议上")),
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
    *(("位于", "坐落于", "地处"), ("做出", "作出"), ("公里", "千米"), ("而且", "并且")),
    *(("同时", "与此同时"), ("例如", "比如", "譬如"), ("特别", "尤其"), ("共计", "总计", "合计")),
    *(("超过", "逾"), ("不足", "不到"), ("达到", "高达", "达"), ("建立", "设立", "成立")),
    *(("举措", "措施"), ("首次", "第一次"), ("包括", "包含", "涵盖"), ("有关", "相关")),
    *(("参加", "参与", "出席"), ("显著", "明显"), ("购买", "购置", "选购"), ("使用", "利用")),
    *(("问题", "难题"), ("全球", "世界"), ("民众", "群众", "公众"), ("继续", "持续")),
    *(("如果", "若", "如"), ("已经", "已", "业已"), ("由于", "因为", "因"), ("大约", "约", "左右")),
    *(
        ("很快", "迅速", "快速"),
        ("巨大", "庞大"),
        ("帮助", "协助"),
        ("获得", "取得"),
        ("出现", "发生"),
    ),
    *(
        ("有利于", "有助于", "利于"),
        ("获悉", "了解到", "得知"),
        ("加快", "加速"),
        ("警方", "公安机关"),
    ),
    *(("增长", "上升", "上涨", "增加"), ("下降", "下跌", "下滑", "减少"), ("儿童", "孩子")),
    *(("前往", "赶赴", "奔赴"), ("返回", "回到"), ("抵达", "到达"), ("去世", "逝世", "离世")),
    *(
        ("死亡", "身亡", "遇难"),
        ("失踪", "失联"),
        ("希望", "期望"),
        ("合作", "协作"),
        ("宣布", "宣告"),
    ),
    *(("按照", "依照", "根据", "依据"), ("地区", "区域"), ("昨天", "昨日"), ("今天", "今日")),
    *(("明天", "明日"), ("每天", "每日"), ("此外", "另外"), ("尽管", "虽然"), ("逐步", "逐渐")),
    *(("立即", "立刻", "马上", "随即"), ("老人", "老年人"), ("住房", "住宅"), ("完善", "健全")),
    *(
        ("发布", "公布"),
        ("强烈", "剧烈"),
        ("工厂", "厂区"),
        ("司机", "驾驶员"),
        ("律师", "代理律师"),
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
        ("참석", "참가", "참여"),
        ("발표", "공표"),
        ("지난해", "작년"),
        ("올해", "금년"),
        ("때문에", "탓에", "까닭에"),
        ("따라서", "그래서", "그러므로"),
        ("최근", "요즘"),
        ("빠르게", "신속히", "신속하게"),
        ("다양한", "갖가지"),
        ("함께", "같이"),
        ("구매", "구입"),
        ("사용", "이용", "활용"),
        ("개선", "향상"),
        ("설치", "설립"),
        ("가운데", "중"),
        ("늘었다", "증가했다"),
        ("줄었다", "감소했다"),
        ("올랐다", "상승했다"),
        ("내렸다", "하락했다"),
        ("숨졌다", "사망했다"),
        ("다쳤다", "부상했다"),
        ("내다봤다", "전망했다"),
        ("우리나라", "한국"),
        ("더욱", "더"),
        ("가장", "제일"),
        ("모두", "전부"),
        ("오늘", "금일"),
        ("당국자", "관계자"),
        ("이에", "이에따라"),
    ),
)

_CONFUSABLE = """casual causal contact contract county country infect inject through though thorough desert dessert
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
#: Pairs one letter apart that are both words: never a slip of the pen.
CONFUSABLE = frozenset(_CONFUSABLE.split())
