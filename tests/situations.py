"""Edits as desks make them: thirty that matter and thirty that must not ring, in three languages.

Each is one passage before and after; the story test sets it into an article of its own. Written
for this project, without a look at the word lists of storage/.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One passage, before and after."""

    name: str
    language: str
    old: str
    new: str


def _edits(language: str, rows: tuple[tuple[str, str, str], ...]) -> tuple[Edit, ...]:
    return tuple(Edit(f"{language} {name}", language, old, new) for name, old, new in rows)


#: A reader would act differently.
RINGS = (
    *_edits(
        "en",
        (
            ("share", "The tariff on packs will be 25 percent.", "The tariff on packs will be 45 percent."),
            ("sign", "Output changed by 3.2 percent in May.", "Output changed by -3.2 percent in May."),
            ("point", "The fee is 1.5 yuan per exchange.", "The fee is 15 yuan per exchange."),
            ("scale", "The fund holds 4 million dollars.", "The fund holds 4 billion dollars."),
            ("year", "The exemption ends on June 30, 2026.", "The exemption ends on June 30, 2028."),
            ("negation", "Stations in old towns are covered.", "Stations in old towns are not covered."),
            ("modal", "Makers shall report each failure.", "Makers may report each failure."),
            ("verb", "The court upheld the permit.", "The court annulled the permit."),
            ("who", "The rules were drafted by Minister Zhao Lin.", "The rules were drafted by Minister Sun Hao."),
            ("where", "The first depot will stand in Hefei.", "The first depot will stand in Nanchang."),
            ("article", "Article 12 applies to importers.", "Article 21 applies to importers."),
            ("condition", "Old packs are accepted.", "Old packs are accepted unless they leak."),
        ),
    ),
    *_edits(
        "zh",
        (
            ("比例", "补贴比例为25%。", "补贴比例为45%。"),
            ("数量级", "项目总投资3000万元。", "项目总投资3000亿元。"),
            ("日期", "办法自2027年3月1日起施行。", "办法自2027年9月1日起施行。"),
            ("否定", "旧站点纳入补贴范围。", "旧站点不纳入补贴范围。"),
            ("情态", "企业应当公开检测结果。", "企业可以公开检测结果。"),
            ("人名", "该办法由部长赵林签发。", "该办法由部长孙浩签发。"),
            ("地名", "首座示范站设在合肥。", "首座示范站设在南昌。"),
            ("升降", "电价较上月上涨。", "电价较上月下跌。"),
            ("删句", "试点为期两年。期满后不再延长。", "试点为期两年。"),
        ),
    ),
    *_edits(
        "ko",
        (
            ("비율", "보조금 비율은 25%이다.", "보조금 비율은 45%이다."),
            ("단위", "총사업비는 300만 원이다.", "총사업비는 300억 원이다."),
            ("날짜", "이 고시는 3월 1일부터 시행된다.", "이 고시는 9월 1일부터 시행된다."),
            ("부정", "노후 시설은 지원 대상에 포함된다.", "노후 시설은 지원 대상에 포함되지 않는다."),
            ("의무", "사업자는 결과를 공개해야 한다.", "사업자는 결과를 공개할 수 있다."),
            ("이름", "이 고시는 김민수 장관이 서명했다.", "이 고시는 박지훈 장관이 서명했다."),
            ("장소", "첫 시범소는 울산에 들어선다.", "첫 시범소는 광주에 들어선다."),
            ("증감", "요금은 전달보다 올랐다.", "요금은 전달보다 내렸다."),
            ("문장", "시범 사업은 2년간 이어진다. 이후에는 연장하지 않는다.", "시범 사업은 2년간 이어진다."),
        ),
    ),
)  # fmt: skip

#: A reader would not act differently.
SILENT = (
    *_edits(
        "en",
        (
            ("per cent", "Sales rose by 25 percent.", "Sales rose by 25%."),
            ("grouping", "Some 1,250 depots were opened.", "Some 1250 depots were opened."),
            ("quotes", 'The mayor called it "a long road".', "The mayor called it “a long road”."),
            ("date order", "The rule was signed on 5 March 2026.", "The rule was signed on March 5, 2026."),
            ("spelling", "The centre will organise the labour programme.", "The center will organize the labor program."),
            ("typo", "The goverment opened the depot.", "The government opened the depot."),
            ("contraction", "The plan does not cover ships.", "The plan doesn't cover ships."),
            ("abbreviation", "The United States sent two engineers.", "The U.S. sent two engineers."),
            ("title", "China's president visited the plant.", "The Chinese president visited the plant."),
            ("said", "The ministry said the pilot goes on.", "The ministry stated the pilot goes on."),
            ("the", "Owners of the depots met in Wuhan.", "The owners of depots met in Wuhan."),
            ("connective", "But the grid held.", "However, the grid held."),
            ("number word", "The trial covers 12 cities.", "The trial covers twelve cities."),
            ("hyphen", "A long term contract was signed.", "A long-term contract was signed."),
        ),
    ),
    *_edits(
        "zh",
        (
            ("半角", "补贴比例为２５％。", "补贴比例为25%。"),
            ("引号", "他称之为“长路”。", "他称之为「长路」。"),
            ("百分之", "销量增长百分之二十五。", "销量增长25%。"),
            ("数字", "试点覆盖十二个城市。", "试点覆盖12个城市。"),
            ("错字", "有关部门已布署检查。", "有关部门已部署检查。"),
            ("说", "负责人表示试点将继续。", "负责人说，试点将继续。"),
            ("繁体", "首座示範站已經建成。", "首座示范站已经建成。"),
            ("日期写法", "该办法于2026年03月05日公布。", "该办法于2026年3月5日公布。"),
        ),
    ),
    *_edits(
        "ko",
        (
            ("퍼센트", "판매가 25퍼센트 늘었다.", "판매가 25% 늘었다."),
            ("따옴표", "시장은 \"먼 길\"이라고 불렀다.", "시장은 “먼 길”이라고 불렀다."),
            ("띄어쓰기", "시범사업은 계속된다.", "시범 사업은 계속된다."),
            ("말했다", "담당자는 사업이 이어진다고 말했다.", "담당자는 사업이 이어진다고 밝혔다."),
            ("맞춤법", "충전소가 설치 됬다.", "충전소가 설치됐다."),
            ("천 단위", "모두 1,250곳이 문을 열었다.", "모두 1250곳이 문을 열었다."),
            ("접속", "그러나 전력망은 버텼다.", "하지만 전력망은 버텼다."),
            ("전각", "보조금은 ２５％이다.", "보조금은 25%이다."),
        ),
    ),
)  # fmt: skip
