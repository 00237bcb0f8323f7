"""Pairs that look like one text and are two, written for the tests in three languages.

Three sorts: issues of one form (a bulletin, a notice, a statement that returns), reports
that quote one document, and reports of one event by two hands.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Two texts that no story may join."""

    id: str
    old: tuple[str, str]
    new: tuple[str, str]


def _issues(name: str, title: str, form: str, *fills: dict[str, str]) -> Pair:
    """Return two issues of a form: `{name}` is what each fills in."""
    one, two = (
        (title.format(**fill), form.strip().replace("\n", "\n\n").format(**fill)) for fill in fills
    )
    return Pair(name, one, two)


def _told(name: str, old: tuple[str, str], new: tuple[str, str]) -> Pair:
    return Pair(name, *((t, b.strip().replace("\n", "\n\n")) for t, b in (old, new)))


SERIAL = (
    _issues(
        "en-rates",
        "Statement on monetary policy",
        """The board of the Bank of Orland decided at its meeting on {day} to leave the key rate at 3.75 percent.
Inflation has come down to {cpi} percent and is expected to return to the target of 2 percent in the course of next year. Growth is moderate, and the labour market remains tight, although the number of vacancies has fallen.
The outlook is more uncertain than usual. Long-term yields have {yields} since the last meeting, and the currency has {currency} against the main partners.
The board will continue to adjust the balance sheet at the present pace of 40 billion a month. It stands ready to act should the outlook for inflation change.
Voting for the decision were all seven members. The minutes will be published on {minutes}.""",
        {
            "day": "18 March",
            "cpi": "2.6",
            "yields": "risen",
            "currency": "weakened",
            "minutes": "2 April",
        },
        {
            "day": "6 May",
            "cpi": "2.4",
            "yields": "hardly moved",
            "currency": "gained a little",
            "minutes": "21 May",
        },
    ),
    _issues(
        "en-licence",
        "Regulator grants licence to {firm}",
        """The Energy Board on {day} granted {firm} a licence to supply electricity to households and small businesses.
The licence is valid for ten years and may be withdrawn if the holder fails to meet its obligations towards customers. The holder must keep reserves for three months of purchases and must report its prices every quarter.
{firm}, which has its seat in {town}, said that it wanted to offer a tariff that follows the exchange by the hour. Its chief executive, {head}, said the first customers would be supplied before the end of the year.
The Board has granted licences to 31 suppliers since the market was opened. Four of them have given up since.""",
        {"firm": "Norrkraft", "day": "Monday", "town": "Halden", "head": "Ida Lund"},
        {"firm": "Sunvolt", "day": "Thursday", "town": "Brekke", "head": "Per Aas"},
    ),
    _issues(
        "en-envoy",
        "President receives ambassador of {land}",
        """The President received {envoy}, the new ambassador of {land}, who presented his credentials on {day}.
During the conversation the President underlined the friendly relations between the two countries and expressed the hope that they would be deepened further in trade, culture and tourism. He wished the ambassador success in his work and asked him to convey his greetings to the head of state of {land}.
The ambassador thanked the President for the warm welcome and said that {land} attached great importance to the development of relations. He said that he would spare no effort during his mission.
The ceremony took place in the White Hall of the palace. A guard of honour was drawn up in the court.""",
        {"land": "Peru", "envoy": "Luis Ramos", "day": "Tuesday"},
        {"land": "Ghana", "envoy": "Kofi Asante", "day": "Wednesday"},
    ),
    _issues(
        "en-quake",
        "Earthquake of magnitude {size} felt in {place}",
        """An earthquake of magnitude {size} was recorded {near} {place} at {hour} on {day}, the Seismological Service said.
The hypocentre lay at a depth of {deep} kilometres. There was no danger of a tsunami.
No damage or injuries were reported. The Service received {calls} reports from people who had felt the tremor. Trains on the coastal line ran at reduced speed for an hour while the tracks were inspected.
Earthquakes of this strength are felt in the region several times a year. The strongest one on record, of magnitude 6.9, destroyed the old town in 1911.""",
        {
            "size": "4.1",
            "place": "Marsa",
            "near": "north of",
            "hour": "04:12",
            "day": "Monday",
            "deep": "11",
            "calls": "some 300",
        },
        {
            "size": "4.4",
            "place": "Tolva",
            "near": "off",
            "hour": "22:47",
            "day": "Friday",
            "deep": "23",
            "calls": "more than 1,200",
        },
    ),
    _issues(
        "en-recall",
        "{maker} recalls {model} cars",
        """{maker} is recalling {count} cars of the {model} series because of a fault in {part}, the Vehicle Authority said.
Owners will be informed by letter and should make an appointment with a workshop as soon as they receive it. The repair takes about two hours and is free of charge.
Until the repair is done the car may be driven, but drivers are advised to keep a greater distance and to stop at once if a warning lamp lights up. No accidents are known to have been caused by the fault.
The Authority keeps a list of all recalls on its site, where owners can enter the number of their vehicle.""",
        {"maker": "Torden", "count": "18,400", "model": "Elk", "part": "the brake servo"},
        {"maker": "Vulpes", "count": "7,250", "model": "Kit", "part": "the steering column"},
    ),
    _issues(
        "zh-repo",
        "公开市场业务交易公告",
        """为保持银行体系流动性充裕，{day}人民银行以利率招标方式开展了{sum}亿元逆回购操作，期限为7天，中标利率为1.40%。
{due}
业内人士认为，月{when}资金面总体平稳，央行操作体现了对流动性的呵护。预计后续央行将继续灵活运用多种货币政策工具，保持流动性合理充裕，引导货币市场利率围绕政策利率平稳运行。
人民银行公开市场业务操作室表示，将根据市场情况适时调整操作力度，维护季节性因素扰动下的市场平稳。""",
        {
            "day": "3月4日",
            "sum": "1218",
            "due": "当日有3820亿元逆回购到期，实现净回笼2602亿元。",
            "when": "初",
        },
        {
            "day": "3月25日",
            "sum": "4021",
            "due": "当日有2959亿元逆回购到期，实现净投放1062亿元。",
            "when": "末",
        },
    ),
    _issues(
        "zh-meet",
        "市长会见{who}",
        """{day}，市长在市政府会议中心会见了来访的{who}一行，双方就进一步加强合作进行了友好交流。
市长对客人的到来表示欢迎。他说，近年来我市坚持以开放促发展，营商环境不断优化，{field}等产业快速成长。希望双方发挥各自优势，拓展合作领域，推动更多项目落地，实现互利共赢。市政府将一如既往地为企业提供优质高效的服务。
{head}表示，感谢市政府长期以来给予的支持，对在本市的发展充满信心，将继续加大投入，深化务实合作，为当地经济社会发展作出积极贡献。
副市长以及有关部门负责人参加会见。""",
        {
            "who": "海岚集团董事长",
            "day": "3月2日上午",
            "field": "生物医药",
            "head": "海岚集团负责人",
        },
        {"who": "德国商会代表团", "day": "3月11日下午", "field": "智能制造", "head": "代表团团长"},
    ),
    _issues(
        "zh-weather",
        "省气象台发布{kind}预警",
        """省气象台{hour}发布{kind}{level}预警信号：预计未来12小时内，{area}将出现{what}，请有关单位和人员做好防范准备。
防御指南：政府及相关部门按照职责做好应急准备工作；公众应当减少外出，远离河道、山谷和简易搭建物；驾驶人员应当注意道路湿滑和能见度变化，控制车速；农业设施应当及时加固，做好田间排水和防寒保温。
交通部门提醒，部分高速公路路段可能采取临时管制措施，请出行前留意实时路况信息。""",
        {
            "hour": "5日6时",
            "kind": "暴雨",
            "level": "黄色",
            "area": "沿海各市",
            "what": "50毫米以上降水",
        },
        {
            "hour": "19日16时",
            "kind": "大风",
            "level": "蓝色",
            "area": "北部山区",
            "what": "8级以上阵风",
        },
    ),
    _issues(
        "zh-penalty",
        "监管局对{firm}作出行政处罚",
        """省金融监管局日前公布的行政处罚信息显示，{firm}因{fault}，被处以罚款{fine}万元；时任负责人{head}被给予警告。
处罚决定书称，上述行为违反了《银行业监督管理法》第二十一条、第四十六条的规定。当事人如不服处罚决定，可以自收到决定书之日起六十日内申请行政复议，也可以在六个月内向有管辖权的人民法院提起诉讼。
监管局表示，下一步将持续加大监管力度，严肃查处各类违法违规行为，切实保护金融消费者的合法权益，维护良好的市场秩序。""",
        {"firm": "临江银行", "fault": "贷款三查不到位", "fine": "60", "head": "周某"},
        {"firm": "北山农商行", "fault": "违规发放房地产贷款", "fine": "95", "head": "吴某"},
    ),
    _issues(
        "ko-weather",
        "[오늘의 날씨] {head}",
        """{day} 전국이 {sky} 가운데 {where}을 중심으로 {rain} 내리겠다.
기상청에 따르면 아침 최저기온은 {low}도, 낮 최고기온은 {high}도로 예보됐다. 당분간 낮과 밤의 기온 차가 15도 안팎으로 크겠으니 건강 관리에 유의해야 한다.
미세먼지 농도는 원활한 대기 확산으로 전 권역이 '좋음'에서 '보통' 수준을 보이겠다. 바다의 물결은 동해와 남해 앞바다에서 0.5에서 1.5미터로 일겠다.
기상청은 비가 내리는 지역에서는 도로가 미끄러운 곳이 많겠으니 교통안전에 각별히 주의해 달라고 당부했다.""",
        {
            "head": "전국 흐리고 비",
            "day": "월요일인 2일은",
            "sky": "흐린",
            "where": "중부지방",
            "rain": "비가",
            "low": "1에서 8",
            "high": "9에서 14",
        },
        {
            "head": "남부 곳곳 소나기",
            "day": "목요일인 19일은",
            "sky": "구름이 많은",
            "where": "남부지방",
            "rain": "소나기가",
            "low": "4에서 11",
            "high": "13에서 19",
        },
    ),
    _issues(
        "ko-appoint",
        "{name} 신임 원장 취임",
        """{name} 신임 한국{field}연구원 원장이 {day} 취임식을 갖고 3년 임기를 시작했다.
{name} 원장은 취임사에서 "연구자가 연구에 몰입할 수 있는 환경을 만들고, 국민이 체감할 수 있는 성과를 내겠다"고 밝혔다. 이어 열린 소통과 투명한 경영으로 신뢰받는 기관으로 거듭나겠다고 강조했다.
{name} 원장은 {school}를 졸업하고 같은 대학에서 박사 학위를 받았으며, 연구원에서 본부장과 부원장을 지냈다.
과학기술계 정부출연연구기관의 원장은 이사회가 공모를 거쳐 선임하며 임기는 3년이다.""",
        {"name": "김도윤", "field": "에너지", "day": "지난 3일", "school": "한빛대"},
        {"name": "박서진", "field": "해양", "day": "오는 16일", "school": "동해대"},
    ),
    _issues(
        "ko-housing",
        "서울 아파트값 {weeks}주 연속 상승",
        """한국부동산원이 {day} 발표한 주간 아파트 가격 동향에 따르면 이번 주 서울 아파트 매매가격은 지난주보다 {rise}% 올라 {weeks}주 연속 상승했다.
구별로는 {gu}의 오름폭이 가장 컸고, 재건축 기대감이 있는 단지를 중심으로 호가가 높아졌다. 반면 외곽 지역은 매수 관망세가 이어지며 보합에 머물렀다.
부동산원 관계자는 "선호 단지를 중심으로 매도 희망가격이 오르고 상승 거래가 체결되면서 서울 전체의 상승세가 지속되고 있다"고 설명했다.
전세가격은 지난주와 같은 수준을 유지했다. 역세권과 학군지의 임차 수요는 꾸준했지만 입주 물량이 있는 지역에서는 하락했다.""",
        {"weeks": "7", "day": "5일", "rise": "0.14", "gu": "송파구"},
        {"weeks": "10", "day": "26일", "rise": "0.25", "gu": "성동구"},
    ),
)

_CHARTER = (
    "The parties shall phase out the sale of new cars with combustion engines by 2035, shall build one public "
    "charging point for every ten electric cars, and shall report on their progress each year to the secretariat. "
    "Parties whose income is below the median may ask for five more years. "
    "No party shall levy duties on batteries, cells or the materials of which they are made. "
    "Disputes shall be settled by a panel of three, whose finding is binding."
)
_ZH_NOTICE = (
    "各地要严格控制新增产能，坚决遏制低水平重复建设；要完善退出机制，引导落后产能有序退出；"
    "要强化质量监管，依法查处虚标参数、以次充好等行为；要维护公平竞争秩序，任何企业不得以低于成本的价格销售产品；"
    "要加快制定行业标准，推动企业由价格竞争转向技术竞争。"
)
_KO_STATEMENT = (
    "양측은 공급망의 안정이 공동의 이익이라는 데 뜻을 같이하고, 핵심 광물의 조달을 다변화하기로 하였다. "
    "양측은 차관급 협의체를 신설하여 매년 두 차례 회의를 열기로 하였다. "
    "양측은 반도체와 배터리 분야의 공동 연구에 5년간 3천억 원을 투자하기로 하였다. "
    "양측은 상대국 기업에 대한 차별적 조치를 취하지 않기로 하였다."
)

QUOTING = (
    _told(
        "en-charter-blocks",
        (
            "Carmakers fear the charter",
            f"""Manufacturers met the new transport charter with dismay on Monday, warning of closures in the valley where most engines are made.
The charter reads:
{_CHARTER}
"This text was written by people who have never seen a foundry," said Olaf Brandt of the employers' federation. He put the number of jobs at risk at 14,000.
Shares of the three big makers lost between four and six percent. The unions, which had backed an earlier draft, asked for talks on retraining before the summer.""",
        ),
        (
            "A victory for the islands",
            f"""For the low-lying islands the agreement is the end of a long road. Their delegates embraced each other when the gavel fell shortly before dawn.
The charter reads:
{_CHARTER}
Ana Taufa, who has led the islanders' group for nine years, said she had not expected the clause on disputes to survive the night. It was saved by a telephone call whose author she would not name.
Environmental groups called the result better than nothing. They regret that lorries and ships are not mentioned.""",
        ),
    ),
    _told(
        "en-charter-marks",
        (
            "What the charter means for drivers",
            f"""Whoever buys a car in the next ten years need not worry, experts at the drivers' club say. The ban concerns new cars only.
“{_CHARTER}” So says the text, which parliaments must still approve.
Used cars will be traded for decades, the club believes. It advises against buying in haste and recommends a look at the costs of a charging box, which have halved in three years.""",
        ),
        (
            "Miners hope for a boom",
            f"""In the mining towns of the north the mood was festive. Lithium has made them rich once, and lost them their savings two years ago.
“{_CHARTER}” That sentence about duties is what matters here, the mayor of Caldera said.
Two closed pits may open again before winter. The company that owns them would not confirm it, but has put up notices for electricians and drivers.""",
        ),
    ),
    _told(
        "en-court",
        (
            "Court stops the dam",
            """Work on the Verra dam must cease at once. In a ruling of sixty pages the Supreme Court sided with eleven villages that had fought the project since its beginnings.
The court held that "a licence which was granted without an assessment of its effects on those who live downstream is void from the start, and cannot be healed by an assessment made when the walls already stand. The public interest in cheap power, weighty as it is, does not release the authority from the duty to hear those whose fields it takes."
Farmers danced on the bridge at Olmo. The builder, whose cranes stood still by noon, spoke of a loss of 400 million.""",
        ),
        (
            "Ruling leaves power plan in tatters",
            """The government's promise of cheap electricity has lost its foundation. The minister of energy learned of the judgment in a meeting with investors, which he left without a word.
Judges wrote that "a licence which was granted without an assessment of its effects on those who live downstream is void from the start, and cannot be healed by an assessment made when the walls already stand. The public interest in cheap power, weighty as it is, does not release the authority from the duty to hear those whose fields it takes."
Analysts expect prices to rise by a tenth. Two other dams hold licences of the same kind, and lawyers in the capital are already collecting signatures.""",
        ),
    ),
    _told(
        "zh-notice",
        (
            "光伏股集体上涨 市场期待反内卷落地",
            f"""受政策消息提振，周二早盘光伏板块大幅走强，多只个股涨停，成交额较前一交易日放大近四成。
工信部印发的通知提出：“{_ZH_NOTICE}”
券商研报认为，行业亏损已持续六个季度，价格有望在三季度触底。不过也有基金经理提醒，组件库存仍处高位，追高需要谨慎。
截至收盘，板块指数上涨百分之五点二，创去年十月以来最大单日涨幅。""",
        ),
        (
            "记者走访：一家组件厂的冬天",
            f"""在苏北一个县城的工业园里，老厂长已经三个月没有睡过整觉。四条生产线只开了一条，工人轮流回家休息。
工信部印发的通知提出：“{_ZH_NOTICE}”
老厂长把这份通知打印出来贴在办公室门后。他说，最难的不是没有订单，而是接了订单就亏钱，不接订单就丢客户。
园区管委会的干部告诉记者，今年已有两家企业搬走，留下的厂房正在改建成冷库。""",
        ),
    ),
    _told(
        "zh-notice-plain",
        (
            "新规出台 专家解读行业走向",
            f"""业内盼望已久的文件终于公布。多位专家在接受采访时表示，文件的力度超出预期。
文件全文如下：
{_ZH_NOTICE}
清华大学一位教授认为，关键在于成本如何认定，如果没有统一的核算口径，低于成本销售就很难查处。
他建议由行业协会每月发布参考成本，并引入第三方审计。""",
        ),
        (
            "欧洲商会对产能新政表示谨慎欢迎",
            f"""欧洲商会周三在北京发表声明，称中国政府承认产能问题是朝着正确方向迈出的一步。
文件全文如下：
{_ZH_NOTICE}
商会主席在记者会上说，会员企业更关心的是地方补贴是否会停止，以及退出的设备会不会转移到第三国。
商会将在九月发布年度建议书，其中会专门讨论这一问题。""",
        ),
    ),
    _told(
        "ko-statement",
        (
            '야당 "구체적 실천 계획 없는 빈 합의"',
            f"""야당은 4일 정상회담 결과를 두고 "알맹이가 빠졌다"고 비판했다. 원내대표는 국회 기자회견에서 관세 문제가 한 줄도 언급되지 않았다고 지적했다.
공동성명은 "{_KO_STATEMENT}"라고 밝혔다.
야당은 외교통일위원회를 열어 장관을 출석시키겠다고 예고했다. 여당은 정치 공세라며 응하지 않겠다는 입장이다.""",
        ),
        (
            "배터리 업계, 공동 연구에 기대감",
            f"""국내 배터리 3사의 주가가 나란히 올랐다. 회담에서 나온 연구 지원 약속이 실적 부진에 시달리던 업계에 숨통을 틔워 줄 것이라는 기대 때문이다.
공동성명은 "{_KO_STATEMENT}"라고 밝혔다.
한 증권사 연구원은 전고체 배터리 양산 시점이 일 년가량 앞당겨질 수 있다고 내다봤다. 다만 원료값이 다시 오르고 있어 이익이 언제 회복될지는 불투명하다고 덧붙였다.""",
        ),
    ),
)

EVENTS = (
    _told(
        "en-fire",
        (
            "Warehouse blaze forces 400 from their homes",
            """PORT ELGIN -- About 400 people spent the night in a sports hall after a fire broke out in a warehouse in Port Elgin at 9:40 p.m. on Sunday, the fire service said.
The building of 12,000 square metres held tyres and cooking oil. 85 firefighters brought the flames under control by 4 a.m.; two of them were treated for smoke.
Residents within 600 metres were told to leave because of the fumes. They may return on Monday afternoon if measurements stay below the limit, incident commander Rosa Klein said.
The cause is unknown. The owner, Harbour Storage, estimated the damage at 7.5 million.""",
        ),
        (
            "Tyres burn through the night in Port Elgin",
            """Rosa Klein has led the fire service of Port Elgin for eleven years and had seen nothing like it. When her engines arrived at 9:40 p.m. on Sunday, oil was running down the street, alight.
It took 85 firefighters until 4 a.m. to master the fire in the store of Harbour Storage, 12,000 square metres of tyres and cooking oil. Two came away coughing and were looked after.
Some 400 neighbours, everybody within 600 metres, bedded down on mats in a gymnasium. If the air stays clean they go home on Monday afternoon, Klein said.
Nobody can say yet how it began. The firm reckons with 7.5 million in damage.""",
        ),
    ),
    _told(
        "en-gdp",
        (
            "Economy grows 0.4 percent in fourth quarter",
            """Gross domestic product rose 0.4 percent in the fourth quarter from the third, when it had grown 0.2 percent, the Statistics Office said on Friday. Over the year it grew 1.3 percent.
Household consumption added 0.3 points, exports 0.2 points, while construction took away 0.1 points.
Economists polled by a news agency had expected 0.3 percent. Industrial output increased 1.1 percent, the most in six quarters.
The Statistics Office will publish details on 28 February.""",
        ),
        (
            "Consumers pull the economy out of its rut",
            """Shoppers have saved the year. Thanks to them the economy ended it with growth of 0.4 percent in the last three months, twice as much as in the autumn and more than the 0.3 percent that experts had dared to hope for.
Three quarters of it, 0.3 points, came from private households, the Statistics Office reported on Friday; foreign customers gave 0.2 points, builders cost 0.1.
For the whole year that makes 1.3 percent. Factories, long the problem, turned out 1.1 percent more goods, the best figure in six quarters. Finer figures follow on 28 February.""",
        ),
    ),
    _told(
        "en-two-agencies",
        (
            "Ferry with 212 aboard runs aground",
            """A ferry with 212 people on board ran aground off the island of Sund on Saturday evening, the coast guard said. All passengers were taken off by midnight.
The Aurora had left Kolby at 18:15 and struck a rock two nautical miles south of the harbour entrance. Five people were slightly hurt.
The coast guard sent four boats and two helicopters. No oil has leaked, a spokesman said. Police have questioned the captain, 58, and said that he was sober.""",
        ),
        (
            "All 212 rescued from stranded ferry",
            """Rescuers brought all 212 people ashore from a ferry that struck a rock off Sund island on Saturday evening, the coast guard reported.
Four boats and two helicopters took part. The last passengers were landed by midnight, five of them with minor injuries.
The vessel, the Aurora, had sailed from Kolby at 18:15. It sits two nautical miles south of the entrance of the harbour and has lost no oil, according to a spokesman. The captain, who is 58, had not been drinking, police said after questioning him.""",
        ),
    ),
    _told(
        "zh-train",
        (
            "新高铁开通 两地一小时通达",
            """3月6日7时20分，首趟列车从临江站驶出，标志着临海高铁正式开通运营。线路全长218公里，设计时速350公里，设7座车站。
铁路部门介绍，临江至海宁最快58分钟可达，比此前缩短1小时40分。初期每日开行动车组列车64列。
该项目总投资386亿元，2021年4月开工建设，全线桥隧比达81.5%。二等座票价为98元。""",
        ),
        (
            "坐着首班车去看海",
            """天还没亮，退休教师林阿姨就到了临江站。她要坐7时20分的头一班车，58分钟后去海宁看海，中午回来给孙子做饭。
过去这段路要走两个多钟头，如今省下1小时40分。票价98元，她说不算便宜，但值。
这条218公里的线路花了386亿元，修了将近五年，每天要跑64趟车。窗外多半是隧道和桥，占了全程的81.5%，七个车站一个比一个新。列车员报出时速350公里时，车厢里响起掌声。""",
        ),
    ),
    _told(
        "zh-exports",
        (
            "前两月我国出口增长6.2%",
            """海关总署3月7日发布数据，今年前两个月，我国货物贸易进出口总值6.54万亿元，同比增长3.1%。其中出口3.88万亿元，增长6.2%；进口2.66万亿元，下降1.1%。
机电产品出口2.33万亿元，增长7.6%，占出口总值的60.1%。汽车出口98.7万辆，增长22.4%。
东盟为第一大贸易伙伴，贸易额1.03万亿元，增长4%。""",
        ),
        (
            "外贸开门稳中藏忧",
            """开年两个月的外贸成绩单，喜中带忧。喜的是卖出去的多了：3.88万亿元，涨了6.2%，汽车更是卖了98.7万辆，多出两成以上。忧的是买进来的少了，2.66万亿元，降1.1%。
合起来6.54万亿元，只多了3.1%。分析人士指出，机电产品撑起六成出口，2.33万亿元，增速7.6%，其中有多少是赶在加征关税之前抢运的，还要看后面几个月。
东盟依旧是头号伙伴，1.03万亿元，增4%。海关3月7日公布的这组数字，给全年定下谨慎的调子。""",
        ),
    ),
    _told(
        "ko-outage",
        (
            "카드 결제 3시간 먹통…이용자 불편",
            """2일 오전 11시 20분부터 약 3시간 동안 한빛카드의 결제 시스템에 장애가 발생해 전국 가맹점에서 결제가 중단됐다.
회사 측은 오후 2시 15분께 복구를 마쳤다고 밝혔다. 이번 장애로 약 120만 건의 결제가 처리되지 않은 것으로 파악됐다.
금융감독원은 검사역 4명을 보내 원인을 조사하고 있다. 한빛카드는 피해 접수 창구를 열고 전액 보상하겠다고 밝혔다.""",
        ),
        (
            "점심값 못 낸 직장인들…한빛카드 장애에 분통",
            """점심시간 식당 계산대 앞에 긴 줄이 늘어섰다. 한빛카드를 내민 손님마다 결제가 안 됐기 때문이다. 직장인 최모 씨는 "현금이 없어 동료에게 빌렸다"며 웃었다.
오전 11시 20분에 시작된 소동은 오후 2시 15분에야 끝났다. 그사이 허공에 뜬 결제가 120만 건에 이른다.
회사는 모두 보상하겠다며 창구를 마련했고, 금융감독원은 직원 4명을 보내 경위를 따지고 있다.""",
        ),
    ),
)

#: Written after the rules had been mended on the pairs above; no rule was fitted to these.
SECOND = (
    _issues(
        "en-tender",
        "Notice: works at {place}",
        """The Roads Agency invites offers for the renewal of the bridge at {place}. The works comprise the removal of the old deck, the repair of the bearings and a new surface.
Offers must be handed in at the seat of the Agency by noon on {day}. Firms must show that they have done at least three works of the same kind in the last five years, and must lodge a guarantee of two percent of the price.
The contract will be given to the offer with the best ratio of price to quality; price counts for 60 points. Questions may be put in writing until ten days before the term.
The works should begin in {start} and take {long} months. Traffic will be led over a provisional bridge.""",
        {"place": "Ostra", "day": "12 April", "start": "June", "long": "eight"},
        {"place": "Lindau", "day": "3 May", "start": "August", "long": "eleven"},
    ),
    _issues(
        "zh-market",
        "收评：沪指{move}",
        """{day}，A股三大指数全天震荡{trend}，截至收盘，沪指{move}，深成指{deep}，创业板指{gem}。
盘面上，{hot}板块涨幅居前，多股涨停；{cold}板块走弱，跌幅居前。两市成交额{sum}亿元，北向资金全天净{flow}。
分析人士认为，当前市场处于政策预期与业绩验证的交织期，短期或维持区间震荡格局，建议投资者控制仓位，关注业绩确定性较强的方向。""",
        {
            "day": "3月5日",
            "trend": "走高",
            "move": "涨0.62%",
            "deep": "涨0.88%",
            "gem": "涨1.03%",
            "hot": "机器人",
            "cold": "煤炭",
            "sum": "15820",
            "flow": "买入21亿元",
        },
        {
            "day": "3月17日",
            "trend": "走低",
            "move": "跌0.37%",
            "deep": "跌0.51%",
            "gem": "跌0.74%",
            "hot": "白酒",
            "cold": "半导体",
            "sum": "13344",
            "flow": "卖出38亿元",
        },
    ),
    _issues(
        "ko-disclosure",
        "{firm}, {partner}와 공급계약 체결",
        """{firm}는 {partner}와 {sum}억 원 규모의 {goods} 공급계약을 체결했다고 {day} 공시했다.
계약 금액은 지난해 연결 기준 매출액의 {share}%에 해당하는 규모다. 계약 기간은 오는 {until}까지다.
회사 관계자는 "이번 계약을 계기로 해외 시장에서의 입지를 넓혀 나갈 것"이라며 "안정적인 공급을 위해 생산 능력을 단계적으로 확대할 계획"이라고 말했다.
공시에 따르면 계약 조건은 상대방과의 협의에 따라 변경될 수 있으며, 대금은 납품 이후 순차적으로 지급된다.""",
        {
            "firm": "한울소재",
            "partner": "북유럽 배터리사",
            "sum": "1240",
            "goods": "분리막",
            "day": "4일",
            "share": "18.2",
            "until": "2028년 12월",
        },
        {
            "firm": "태성정밀",
            "partner": "미국 방산업체",
            "sum": "376",
            "goods": "유압 부품",
            "day": "20일",
            "share": "9.7",
            "until": "2027년 6월",
        },
    ),
    _issues(
        "en-obituary",
        "In memory of {name}",
        """The university mourns {name}, professor of {field}, who died on {day} after a short illness.
{name} came to our university as a young lecturer and remained faithful to it in spite of many calls. Generations of students remember the lectures, which were always full, and the open door of the office.
The faculty loses a scholar of rank and a colleague who was ready to help whenever help was needed. Our thoughts are with the family.
A service of remembrance will be held in the chapel; the time will be announced. A book of condolence lies open in the main hall.""",
        {"name": "Helga Stein", "field": "botany", "day": "Sunday"},
        {"name": "Omar Farouk", "field": "hydraulics", "day": "Friday"},
    ),
    _told(
        "en-letter",
        (
            "Staff turn against the director",
            """Discontent at the museum has come into the open. In a letter to the board, 61 of its 80 employees demand a new beginning.
They write: "We have watched for three years how exhibitions were cancelled, how experienced colleagues were driven out, and how questions were answered with warnings. Trust cannot be ordered. We ask the board to hear us before the summer, and to let no contract be prolonged until it has done so."
The director, on a journey in Lisbon, let it be known that she would answer in due course. Visitors fell by a fifth last year.""",
        ),
        (
            "Minister stays out of museum quarrel",
            """Culture minister Jan Hoek does not want to take sides. "I read letters, I do not write them," he said on the fringe of a premiere.
The letter in question says: "We have watched for three years how exhibitions were cancelled, how experienced colleagues were driven out, and how questions were answered with warnings. Trust cannot be ordered. We ask the board to hear us before the summer, and to let no contract be prolonged until it has done so."
The opposition finds that too little. It reminds the minister that the state pays nine tenths of the budget, and wants him before the committee next week.""",
        ),
    ),
    _told(
        "zh-flood",
        (
            "暴雨致山洪 三百余人安全转移",
            """7月2日凌晨，受强降雨影响，青岭县石桥镇发生山洪，冲毁房屋26间、道路4.3公里。当地连夜组织转移群众318人，无人员伤亡。
县应急局介绍，凌晨2时至5时，石桥镇累计雨量达187毫米，为有记录以来最大。目前已调集挖掘机14台、救援人员230人开展抢险。
县里下拨救灾资金500万元，三处安置点已备足食品和饮用水。""",
        ),
        (
            "敲锣老支书救了全村",
            """"水来了，快跑！"7月2日凌晨两点多，石桥镇的老支书周大山提着铜锣挨家挨户地敲。半个钟头后，洪水卷走了村口的26间房。
三百一十八口人一个没少。天亮时，他们坐在小学操场上喝着热粥，望着断成几截、足足4.3公里的路。
县里的人说，三个小时下了187毫米，谁也没见过。14台挖掘机和230名救援队员正往里赶，500万元救灾款也批了。周大山的嗓子哑了，锣敲裂了一道口子。""",
        ),
    ),
    _told(
        "ko-strike",
        (
            "지하철 노조 10일부터 파업",
            """서울 지하철 노조가 오는 10일 오전 5시 30분부터 무기한 파업에 들어간다고 5일 밝혔다. 조합원 9,400명이 참여할 예정이다.
노조는 임금 5.2% 인상과 인력 600명 충원을 요구하고 있으나 회사는 2.5% 인상안을 고수하고 있다.
서울시는 출근 시간대 운행률을 90% 이상 유지하고 시내버스 210대를 추가로 투입하기로 했다.""",
        ),
        (
            '"또 멈추나"…출근길 시민들 한숨',
            """매일 한 시간 반을 지하철에서 보내는 회사원 이모 씨는 벌써부터 10일이 걱정이다. 그날 새벽 5시 30분, 첫차부터 기관사들이 자리를 비운다.
9,400명이 동참한다는 이번 파업의 쟁점은 돈과 사람이다. 5.2%를 올려 달라는 노조와 2.5%만 주겠다는 회사가 맞서 있고, 600명을 더 뽑는 문제도 풀리지 않았다.
시는 버스 210대를 더 풀고 아침에는 열 대 중 아홉 대를 굴리겠다지만, 이 씨는 재택근무를 신청해 두었다.""",
        ),
    ),
    _told(
        "en-merger",
        (
            "Two banks agree to merge",
            """Coast Bank and Inland Savings will merge by the end of the year, the boards of both said on Wednesday. Shareholders of Inland Savings will get 0.8 of a share of Coast Bank for each of theirs.
The new bank will have 4.1 million customers and total assets of 96 billion. It wants to save 310 million a year from the third year on; 1,900 jobs will go, without dismissals before 2028.
Regulators must still approve. The chief executive of Coast Bank, Maria Vega, will lead the group from its seat in Port Royal.""",
        ),
        (
            "Vega's masterpiece",
            """It took Maria Vega four dinners. On Wednesday the head of Coast Bank could present what her predecessors had tried in vain: a marriage with Inland Savings, sealed with 0.8 of her shares for one of theirs.
She will command assets of 96 billion and look after 4.1 million customers from Port Royal. The price will be paid by 1,900 employees, though none may be dismissed before 2028.
Whether it is worth it will show in the third year, when 310 million are to be saved annually. Analysts doubt it; the regulators have not spoken. Until the year ends Vega has time to convince both.""",
        ),
    ),
)

PAIRS = (*SERIAL, *QUOTING, *EVENTS, *SECOND)
