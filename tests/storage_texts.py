"""Texts written for the tests: one wire report, what others make of it, and reports of their own."""

from __future__ import annotations

#: A wire report.
WIRE = """LINHAI, March 4 (Novus) -- The coastal province of Haidong will build 120 battery-swap stations along its expressways by the end of 2027, the provincial transport department said on Tuesday.

The stations will cost about 3.6 billion yuan and will serve trucks as well as private cars, according to a plan released at a press conference in Linhai, the provincial capital.

Wu Jianping, deputy head of the department, said that drivers of heavy trucks lose an average of 2.4 hours a day while charging, and that swapping cuts the time to less than six minutes.

"The stations will be open to every brand that meets the national standard," Wu told reporters. "No company will be given an exclusive licence."

Under the plan, operators can receive a subsidy of up to 15 percent of the equipment cost if a station is in service before June 30, 2026. Stations built in mountain counties will receive 20 percent.

Haidong had 41,000 electric trucks at the end of last year, up 38.5 percent from a year earlier, official figures show. The province produces roughly one ninth of the country's power batteries.

The department will publish technical rules for the stations in April and will invite public comments for 30 days. Prefecture-level cities must submit their own construction plans before the end of May.

Analysts said the plan may encourage neighbouring Xishan, which has set no target for swap stations so far. Li Hua, a researcher with the Linhai Energy Institute, said land prices near the expressways remain the largest obstacle.
"""

#: The same, run through a machine that swaps words: figures, names and order survive.
SPUN = """LINHAI, March 4 (Novus) – The seaside province of Haidong will construct 120 battery-swap stops alongside its motorways by the close of 2027, the provincial transportation division stated on Tuesday.

The stops will cost around 3.6 billion yuan and will cater to lorries as well as personal automobiles, as per a scheme launched at a news conference in Linhai, the provincial seat.

Wu Jianping, vice chief of the division, stated that operators of hefty lorries forfeit a mean of 2.4 hours daily whilst charging, and that swapping trims the duration to below six minutes.

“The stops will be accessible to each brand that fulfills the national norm,” Wu informed journalists. “No firm will be handed a sole permit.”

Below the scheme, operators can obtain a grant of as much as 15 percent of the gear cost if a stop is in operation prior to June 30, 2026. Stops constructed in mountain counties will obtain 20 percent.

Haidong had 41,000 electrical lorries at the close of final year, up 38.5 percent from a yr earlier, official numbers present. The province makes approximately one ninth of the nation's energy batteries.

The division will issue technical guidelines for the stops in April and will request public remarks for 30 days. Prefecture-level cities should hand in their very own building schemes earlier than the tip of May.

Experts stated the scheme might inspire neighboring Xishan, which has fixed no goal for swap stops to date. Li Hua, a scholar with the Linhai Energy Institute, stated land costs close to the motorways stay the greatest hurdle.
"""

#: Another reporter in the same room: the same figures and names, other words. Not a copy.
RIVAL = """Truckers crossing Haidong may soon spend minutes instead of hours at the roadside. Provincial officials in Linhai unveiled a 3.6 billion yuan programme on Tuesday that would dot the expressway network with 120 places to exchange an empty battery for a full one, all of them due before 2027 is out.

Every carmaker may use them provided its packs follow the national standard, transport official Wu Jianping promised, ruling out exclusive deals. By his reckoning a heavy truck stands idle for 2.4 hours a day because of charging; an exchange is over in under six minutes.

Money is on the table for those who hurry. Whoever opens a site by June 30, 2026 can claim back 15 percent of what the machinery cost, and a fifth in the mountain counties.

The appetite is plainly there: some 41,000 battery lorries were registered in Haidong by December, a jump of 38.5 percent within twelve months.

Rulebooks follow in April, with a month for the public to object, and cities have until May to say where they intend to build. What nobody at the press conference could answer was who will pay for land beside the expressways, which Li Hua of the Linhai Energy Institute calls the scheme's weak point.
"""

#: Another report on the same subject a week later.
FOLLOW_UP = """LINHAI, March 11 (Novus) -- Three operators have applied to build the first battery-swap stations under Haidong's new expressway plan, the provincial transport department said on Tuesday.

The companies, which the department did not name, want to open 18 stations between Linhai and the port of Daqiao in the first phase. A decision is expected within two weeks.

Wu Jianping, deputy head of the department, said the number of applications was higher than expected and that a second round would be held in the autumn.

Haidong said last week it would build 120 battery-swap stations along its expressways by the end of 2027.

Grid operator Haidong Power said connecting a station takes between 40 and 75 days and costs about 900,000 yuan. It has set aside 26 teams for the work, it said in a statement on Monday.

Residents of two villages near Daqiao have asked for a hearing because of the expected truck traffic at night.
"""

#: The wire text, in part, inside a longer report with reporting of its own.
EMBEDDING = (
    """DAQIAO -- For Chen Bo, who drives a 49-tonne electric truck between the port and the inland depots, the queue at the charger is the worst part of the day. "I sleep there more than at home," he said on Wednesday.

His employer runs 260 trucks and says waiting costs it about 11 million yuan a year. Its manager, Sun Mei, has asked the city for its own swap site since 2023.

"""
    + "\n\n".join(WIRE.strip().split("\n\n")[:6])
    + """

For drivers in Daqiao the first stations cannot come early enough. The port handles 7,400 container movements a day, and one in five is now made by an electric truck.

Sun said her company would change its whole fleet within three years if the swap price stays under 0.9 yuan per kilowatt-hour.
"""
)

#: A template: the same form every quarter.
REPORT_Q2 = """Novus Motors reported its results for the second quarter of 2026. Revenue was 48.2 billion yuan, up 12.4 percent from a year earlier. Net profit was 3.15 billion yuan, up 8.9 percent.

The company delivered 214,000 vehicles in the quarter, of which 61 percent were electric. The average selling price was 225,000 yuan. Gross margin was 18.7 percent.

Cash and equivalents stood at 92.6 billion yuan on June 30. Research spending was 4.42 billion yuan. The company expects deliveries of between 230,000 and 245,000 vehicles in the third quarter.

The results were approved by the board on August 12. A conference call for analysts will be held at 20:00 Beijing time.
"""
REPORT_Q3 = """Novus Motors reported its results for the third quarter of 2026. Revenue was 51.7 billion yuan, up 14.1 percent from a year earlier. Net profit was 3.48 billion yuan, up 10.2 percent.

The company delivered 238,000 vehicles in the quarter, of which 64 percent were electric. The average selling price was 217,000 yuan. Gross margin was 19.3 percent.

Cash and equivalents stood at 95.1 billion yuan on September 30. Research spending was 4.71 billion yuan. The company expects deliveries of between 250,000 and 265,000 vehicles in the fourth quarter.

The results were approved by the board on November 11. A conference call for analysts will be held at 20:00 Beijing time.
"""

SPEECH = "“We will open the market step by step. Those who keep the rules will find the door open. Those who break them will find it shut. The standard is the same for all, at home and from abroad, and it will be published before the year is over. Nobody will be asked to give up what they know.”"
#: Two reports that share a long quotation and nothing else.
QUOTING_A = f"""The commerce minister used the opening of the Linhai fair to answer months of complaints from foreign battery makers.

{SPEECH}

Delegates from eleven countries listened in silence. Several said afterwards that they had hoped for a date. The fair runs until Sunday and has drawn about 2,100 exhibitors, fewer than in 2024, partly because two large brands stayed away.

Hotels in the district are full, and the organisers have added shuttle trains from the airport.
"""
QUOTING_B = f"""Shares of battery makers closed higher after remarks that traders read as a promise of equal treatment.

{SPEECH}

The sector index gained 2.8 percent, its best day since October. Brokers warned that valuations already assume a change of policy. Foreign funds were net buyers for a fourth session, exchange data showed, while retail investors took profits.

Bonds were little changed and the currency firmed slightly in late trade.
"""

ZH_WIRE = """新华社海东3月4日电 海东省交通运输厅4日宣布，到2027年底，全省将在高速公路沿线建设120座换电站，总投资约36亿元。

根据当天在临海市举行的新闻发布会公布的方案，换电站将同时服务于重型卡车和私家车。海东省交通运输厅副厅长吴建平说，重型卡车司机每天平均花费2.4小时充电，而换电只需不到6分钟。

“换电站向所有符合国家标准的品牌开放。”吴建平说，“不会给予任何一家企业独家许可。”

方案提出，2026年6月30日前投入运营的换电站，可获得不超过设备成本15%的补贴；建在山区县的，补贴比例为20%。

官方数据显示，截至去年底，海东省电动卡车保有量达4.1万辆，同比增长38.5%。全省动力电池产量约占全国的九分之一。

该厅将于4月发布换电站技术规范，并公开征求意见30天。各地级市须在5月底前提交本地建设方案。
"""
#: Reprinted in traditional characters, one paragraph cut, a credit line added.
ZH_REPRINT = """【記者綜合報導】海東省交通運輸廳4日宣布，到2027年底，全省將在高速公路沿線建設120座換電站，總投資約36億元。

根據當天在臨海市舉行的新聞發布會公布的方案，換電站將同時服務於重型卡車和私家車。海東省交通運輸廳副廳長吳建平說，重型卡車司機每天平均花費2.4小時充電，而換電只需不到6分鐘。

「換電站向所有符合國家標準的品牌開放。」吳建平說，「不會給予任何一家企業獨家許可。」

方案提出，2026年6月30日前投入運營的換電站，可獲得不超過設備成本15%的補貼；建在山區縣的，補貼比例為20%。

該廳將於4月發布換電站技術規範，並公開徵求意見30天。各地級市須在5月底前提交本地建設方案。

（責任編輯：陳小明）
"""
ZH_RIVAL = """开重卡的老陈最烦的就是排队充电，一天要耗掉两个多小时。这种日子也许快到头了。

海东省交通部门4日给出时间表：2027年底以前，高速公路边要有120个可以换电池的地方，花费约36亿元。谁的车都能来，只要电池合乎国标，副厅长吴建平强调不搞独家。

想拿补贴要趁早。2026年6月30日之前开张，设备钱最多退15%，山里的县退两成。

去年海东的电动重卡多了38.5%，总数到了4.1万辆。技术要求4月公布，听一个月的意见，各市5月底交方案。至于路边的地谁出，发布会上没有人回答。
"""

#: One text in two languages, with names that both scripts are known to share.
EN_ORIGINAL = """HEFEI, Feb. 11 (Xinhua) -- East China's Anhui Province plans to put 150 billion yuan into its new energy vehicle industry by 2028, the provincial government said on Wednesday.

The plan aims at an annual output of 2.4 million vehicles, 36 percent more than in 2025. Hefei, the provincial capital, will account for 1.5 million of them.

BYD and Nio will each add a plant, which together will create 18,500 jobs. Suppliers from Jiangsu and Zhejiang will receive tax relief of 12 percent if they move before the end of 2026.

Anhui exported 571,000 vehicles last year, an increase of 21.8 percent, according to customs figures. Germany and Brazil were the largest markets.
"""
ZH_TRANSLATION = """新华社合肥2月11日电 安徽省政府11日表示，到2028年，该省计划向新能源汽车产业投入1500亿元。

方案提出，年产量达到240万辆，比2025年增长36%，其中省会合肥将达到150万辆。

比亚迪和蔚来将各新增一座工厂，合计创造18500个就业岗位。江苏、浙江的供应商如在2026年底前迁入，可享受12%的税收减免。

海关数据显示，安徽去年出口汽车57.1万辆，增长21.8%，德国和巴西是最大的市场。
"""
ZH_OTHER = """新华社合肥2月11日电 安徽省11日公布汽车出口情况。去年全省出口汽车57.1万辆，增长21.8%，其中新能源汽车占43.5%。

德国是最大市场，进口9.6万辆；巴西、墨西哥分列其后，分别为7.2万辆和5.4万辆。合肥海关表示，今年将增开14条航线，通关时间压缩到26小时。

比亚迪在当地的出口额达到388亿元。分析人士认为，欧盟关税使对欧出口下降了11.3%。
"""
