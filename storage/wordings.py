"""Wordings of policy news that a desk exchanges without changing what is said. Pure data.

The commonest verbs of reports, and what stands beside them, beyond `storage/synonyms.py`. Only words that
say the same in whatever sentence of news they stand: what has another side ("raise", "approve"), a force
("should"), a measure or a direction is in none of the groups. A word of a group in `synonyms` joins both.
"""

from __future__ import annotations

_ENGLISH = """
existing current present
describe call term dub label
assess evaluate appraise
complete finalise finalize conclude
accelerate expedite hasten speed
criticise criticize condemn denounce slam
face confront
submit file lodge
overhaul reform revamp
repair fix mend
destroy wreck demolish
damage harm
rescue save
prevent avert
oversee supervise
appoint name
renovate refurbish
buy purchase acquire
resident inhabitant
motorist driver
pupil student
shop store
flat apartment
urge exhort
reveal disclose divulge
examine scrutinise scrutinize inspect
monitor track
allot allocate
struggle trouble difficulty
widespread extensive
yearlong
worry concern
happen occur
hamper hinder impede
worsen deteriorate
jobless unemployed
elderly aged
"""
ENGLISH = tuple(tuple(line.split()) for line in _ENGLISH.strip().splitlines())

_HAN = """
实施 执行 实行 推行
面临 面对
购买 采购 购入
动工 开工 破土动工
竣工 完工
投入运营 开通运营 投运 投入使用 投用
联合 共同 携手
同时 还 也
确保 保证
推出 出台
制定 制订 拟定
修订 修改
印发 下发
发布 颁布
查处 查办
落实 贯彻落实 贯彻
扩大 拓展 拓宽
下调 调低
上调 调高
组建 成立
监管 监督管理
评估 评价
核查 核实
实现 达成
协商 磋商 会商
会谈 会晤
讨论 商讨 探讨 研讨
访问 到访 造访
担任 出任
任命 委任
发放 派发
缴纳 交纳
补助 补贴
费用 开支
预计 预期 预料
预测 预估
显示 表明
接近 将近
全部 所有
部分 一些 有些
多次 屡次
经常 时常 常常
通常 一般
更加 更为
日益 越来越 愈发
陆续 相继 先后
仍然 依然 依旧 仍
曾经 曾 一度
随后 其后
此前 先前 早前
当天 当日
受伤 负伤
救援 营救
疏散 撤离
遭遇 遭受 遭到
造成 导致 引发 致使 引起
打造 构建
优化 改善 改进
加强 强化 增强
推动 带动 拉动 助推
配备 配置
引进 引入
培养 培育
选拔 遴选
申请 申报
提交 递交
收到 接到
举报 检举
回应 答复 回复
解释 说明
呼吁 敦促
谴责 抨击
赞扬 称赞 赞赏
担心 担忧 忧虑
证实 确认
便利 方便
充足 充裕
紧急 紧迫
场所 地点
线路 路线
船舶 船只
员工 职工 雇员
消费者 顾客
医生 医师 大夫
教师 老师
建设 修建 兴建
"""
HAN = tuple(tuple(line.split()) for line in _HAN.strip().splitlines())

_HANGUL = """
집계됐다 나타났다 조사됐다 파악됐다
발표했다 내놨다 내놓았다 공개했다
뒤 후
열었다 개최했다
열린다 개최된다
열렸다 개최됐다
맺었다 체결했다
시작했다 개시했다 착수했다
마쳤다 끝냈다 완료했다
끝났다 종료됐다 마무리됐다
바꿨다 변경했다
바꿀 변경할
바꾼다 변경한다
바뀐다 변경된다 달라진다
늘린다 확대한다
늘릴 확대할
늘려 확대해
늘어난다 증가한다
줄어든다 감소한다
줄인다 축소한다 감축한다
줄일 축소할 감축할
높인다 끌어올린다
넘었다 초과했다 웃돌았다 넘어섰다
이르렀다 달했다
이른다 달한다
맡는다 담당한다
맡았다 담당했다
세웠다 수립했다 마련했다
세운다 수립한다 마련한다
지킨다 준수한다
살핀다 점검한다
살폈다 점검했다
논의했다 협의했다
떠났다 출발했다
쓴다 사용한다
썼다 사용했다
쓰이는 사용되는
사들였다 매입했다
샀다 구매했다 구입했다
예상된다 전망된다 예측된다
예상했다 전망했다 예측했다
우려했다 걱정했다
지적했다 꼬집었다
이유 까닭
어려움 애로
힘든 어려운
쉬운 용이한
빠른 신속한
큰 커다란
새로운 새
대부분 대다수
일부 몇몇
점차 점점 차츰
곧 조만간 머지않아
즉시 즉각 곧바로
이미 벌써
계속 지속적으로 꾸준히
자주 수시로
특히 무엇보다
근로자 노동자
어린이 아이
노인 어르신
주택 집
병원 의료기관
나라 국가
비용 경비
자금 돈
방법 방식
목표 목적
분야 부문 영역
"""
HANGUL = tuple(tuple(line.split()) for line in _HANGUL.strip().splitlines())


def merged(*lists: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of all lists; those with a word in common are one.

    >>> merged((("a", "b"),), (("b", "c"), ("d", "e")))
    (('a', 'b', 'c'), ('d', 'e'))
    """
    groups: list[dict[str, None]] = []
    for group in (group for one in lists for group in one):
        mine = dict.fromkeys(group)
        for other in [one for one in groups if not mine.keys().isdisjoint(one)]:
            groups.remove(other)
            mine = other | mine
        groups.append(mine)
    return tuple(tuple(group) for group in groups)
