"""Names of large cities and some regions that CLDR has no time zone of, in five languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "zh", "fr", "de", "es")

# English, Chinese, French, German, Spanish; "=" is the English name, "/" stands between two names.
_TABLE = """
Aleppo 阿勒颇 Alep = Alepo
Antwerp 安特卫普 Anvers Antwerpen Amberes
Atlanta 亚特兰大 = = =
Barcelona 巴塞罗那 Barcelone = =
Basel 巴塞尔 Bâle = Basilea
Bavaria 巴伐利亚 Bavière Bayern Baviera
Beijing/Peking 北京 Pékin/Beijing Peking/Beijing Pekín/Beijing
Bern/Berne 伯尔尼 Berne Bern Berna
Bologna 博洛尼亚 Bologne = Bolonia
Bordeaux 波尔多 = = Burdeos
Boston 波士顿 = = =
Bremen 不来梅 Brême = =
Bruges 布鲁日 = Brügge Brujas
California 加利福尼亚/加州 Californie Kalifornien =
Cambridge 剑桥 = = =
Guangzhou/Canton 广州 Canton/Guangzhou Kanton/Guangzhou Cantón/Guangzhou
Changsha 长沙 = = =
Chengdu 成都 = = =
Cologne 科隆 = Köln Colonia
Dalian 大连 = = =
Delhi 德里 = = =
Dresden 德累斯顿 Dresde = Dresde
Dusseldorf/Düsseldorf 杜塞尔多夫 Düsseldorf Düsseldorf Düsseldorf
Edinburgh 爱丁堡 Édimbourg = Edimburgo
Florence 佛罗伦萨 = Florenz Florencia
Florida 佛罗里达 Floride = =
Frankfurt 法兰克福 Francfort = Fráncfort
Geneva 日内瓦 Genève Genf Ginebra
Genoa 热那亚 Gênes Genua Génova
Granada 格拉纳达 Grenade = =
Hamburg 汉堡 Hambourg = Hamburgo
Hangzhou 杭州 = = =
Hanover 汉诺威 Hanovre Hannover =
Harbin 哈尔滨 = = =
Hiroshima 广岛 = = =
Houston 休斯敦 = = =
Kyoto 京都 = Kyoto/Kioto Kioto
Leipzig 莱比锡 = = =
Liverpool 利物浦 = = =
Lyon/Lyons 里昂 Lyon Lyon Lyon
Manchester 曼彻斯特 = = Mánchester
Marseille/Marseilles 马赛 Marseille Marseille Marsella
Mecca 麦加 La~Mecque Mekka La~Meca
Milan 米兰 = Mailand Milán
Mumbai/Bombay 孟买 Bombay/Mumbai Mumbai/Bombay Bombay/Mumbai
Munich 慕尼黑 = München Múnich
Nanjing/Nanking 南京 Nankin Nanjing/Nanking Nankín
Naples 那不勒斯 = Neapel Nápoles
Nuremberg 纽伦堡 = Nürnberg Núremberg
Osaka 大阪 = = =
Oxford 牛津 = = =
Philadelphia 费城 Philadelphie = Filadelfia
Prague 布拉格 = Prag Praga
Qingdao 青岛 = = =
Rome 罗马 = Rom Roma
Salzburg 萨尔茨堡 Salzbourg = Salzburgo
San~Francisco 旧金山 = = =
Seattle 西雅图 = = =
Seville 塞维利亚 Séville Sevilla Sevilla
Shenzhen 深圳 = = =
Sichuan 四川 = = =
Stuttgart 斯图加特 = = =
Suzhou 苏州 = = =
Texas 得克萨斯/德克萨斯/德州/得州 = = =
Tianjin 天津 = = =
Tibet 西藏 = = Tíbet
Toulouse 图卢兹 = = =
Turin 都灵 = = Turín
Valencia 巴伦西亚 Valence = =
Venice 威尼斯 Venise Venedig Venecia
Versailles 凡尔赛 = = Versalles
Vienna 维也纳 Vienne Wien Viena
Warsaw 华沙 Varsovie Warschau Varsovia
Wuhan 武汉 = = =
Xi'an 西安 = = =
Yunnan 云南 = = =
""".strip()


def _rows() -> dict[str, dict[str, list[str]]]:
    rows = {}
    for line in _TABLE.splitlines():
        cells = [cell.replace("~", " ").split("/") for cell in line.split(" ")]
        names = [cells[0] if cell == ["="] else cell for cell in cells]
        rows[cells[0][0]] = dict(zip(LANGUAGES, names, strict=True))
    return rows


CITIES: Mapping[str, Mapping[str, list[str]]] = MappingProxyType(_rows())
"""The names of each by language, by its first English name."""
