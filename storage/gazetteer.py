"""Names that Chinese, Korean and English reports share, told alike. Pure data."""

from __future__ import annotations

from functools import cache

#: English (the word that tells), Chinese, Korean; "-" where there is none worth looking for.
_ROWS = """
xinhua 新华社 신화
yonhap 韩联社 연합뉴스
reuters 路透 로이터
beijing 北京 베이징
shanghai 上海 상하이
guangdong 广东 광둥
shenzhen 深圳 선전시
guangzhou 广州 광저우
zhejiang 浙江 저장성
hangzhou 杭州 항저우
jiangsu 江苏 장쑤
nanjing 南京 난징
suzhou 苏州 쑤저우
anhui 安徽 안후이
hefei 合肥 허페이
hubei 湖北 후베이
wuhan 武汉 우한
hunan 湖南 후난
changsha 长沙 창사
henan 河南 허난
zhengzhou 郑州 정저우
hebei 河北 허베이
shandong 山东 산둥
qingdao 青岛 칭다오
shanxi 山西 산시성
taiyuan 太原 타이위안
shaanxi 陕西 -
sichuan 四川 쓰촨
chengdu 成都 청두
chongqing 重庆 충칭
tianjin 天津 톈진
liaoning 辽宁 랴오닝
jilin 吉林 지린
heilongjiang 黑龙江 헤이룽장
fujian 福建 푸젠
jiangxi 江西 장시성
guangxi 广西 광시
guizhou 贵州 구이저우
yunnan 云南 윈난
hainan 海南 하이난
gansu 甘肃 간쑤
qinghai 青海 칭하이
ningxia 宁夏 닝샤
xinjiang 新疆 신장
tibet 西藏 티베트
macao 澳门 마카오
taiwan 台湾 대만
china 中国 중국
japan 日本 일본
tokyo 东京 도쿄
korea 韩国 한국
seoul 首尔 서울
russia 俄罗斯 러시아
moscow 莫斯科 모스크바
ukraine 乌克兰 우크라이나
germany 德国 독일
berlin 柏林 베를린
france 法国 프랑스
paris 巴黎 파리
britain 英国 영국
london 伦敦 런던
india 印度 인도
vietnam 越南 베트남
indonesia 印尼 인도네시아
australia 澳大利亚 호주
canada 加拿大 캐나다
mexico 墨西哥 멕시코
brazil 巴西 브라질
iran 伊朗 이란
israel 以色列 이스라엘
washington 华盛顿 워싱턴
xi 习近平 시진핑
jinping 习近平 시진핑
keqiang 李克强 리커창
trump 特朗普 트럼프
biden 拜登 바이든
huawei 华为 화웨이
tencent 腾讯 텐센트
alibaba 阿里巴巴 알리바바
baidu 百度 바이두
xiaomi 小米 샤오미
byd 比亚迪 비야디
catl 宁德时代 -
nio 蔚来 니오
tesla 特斯拉 테슬라
samsung 三星 삼성
hyundai 现代汽车 현대차
toyota 丰田 도요타
apple 苹果公司 애플
nvidia 英伟达 엔비디아
tsmc 台积电 -
dongguan 东莞 둥관
datong 大同 다퉁
yangtze 长江 양쯔
"""


@cache
def names_by_script() -> dict[str, str]:
    """Return the English name for each Chinese and Korean one."""
    table: dict[str, str] = {}
    for row in _ROWS.strip().splitlines():
        english, *others = row.split()
        table.update({other: english for other in others if other != "-"})
    return table
