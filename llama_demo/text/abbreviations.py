"""The abbreviations of each language, and the words that begin a sentence behind one.

Words stand without their last full stop. One that is written small here also counts with a capital letter;
one with a capital letter counts as it is and all in capitals, since "Mar." is a month and "mar." ends a
Spanish sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Abbreviations:
    """What a full stop is told by.

    Attributes:
        inner: words whose full stop never ends a sentence, since a name or the like follows.
        numbered: words whose full stop ends none before a number.
        final: words that may stand at the end of a sentence; it ends before one of ``starters``.
        ending: words that may, too; a sentence ends before any capital letter.
        starters: words that begin a sentence.
        ordinals: whether a full stop behind a number makes an ordinal of it.
    """

    inner: frozenset[str]
    numbered: frozenset[str]
    final: frozenset[str]
    ending: frozenset[str]
    starters: frozenset[str]
    ordinals: bool = False


def _words(
    *, inner: str, numbered: str, final: str, ending: str, starters: str, ordinals: bool = False
) -> Abbreviations:
    return Abbreviations(
        inner=frozenset(inner.split()),
        numbered=frozenset(numbered.split()),
        final=frozenset(final.split()),
        ending=frozenset(ending.split()),
        starters=frozenset(starters.split()),
        ordinals=ordinals,
    )


_ENGLISH = _words(
    inner=(
        "Mr Mrs Ms Messrs Mx Dr Drs Prof Gen Rev Sen Rep Gov Pres Amb Capt Cpt Cmdr Adm Col Lt Maj Sgt "
        "Cpl Pvt Hon Msgr Fr Br Supt Insp Det Atty Mt Ft mr mrs dr prof capt sgt lt "
        "e.g i.e viz vs cf approx ca resp incl"
    ),
    numbered=(
        "no nos p pp fig figs vol vols ch chs chap sec secs eq eqs ref refs art arts par para tab ver v "
        "op bk pt sect cl ex exx ext tel n° nº"
    ),
    final=(
        "St Ste Ave Blvd Rd Ln Hwy Sq Apt st dept est Inc Ltd Co Cos Corp Bros LLC plc Jr Sr Esq Ph.D M.D "
        "al seq Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun "
        "tbsp tsp oz lb lbs ft hr hrs min mins sec secs max misc govt assn bldg intl natl univ Calif Mass "
        "Conn Penn"
    ),
    ending="etc",
    starters=(
        "The A An I He She It We You They This That These Those There Here My Your His Her Its Our Their "
        "One Some Many Most Both Each Every All Any No Nobody Nothing Everyone Everything Someone Another "
        "Other Such What When Where Who Whom Whose Why How Which And But Or So Yet Nor For If Then Than "
        "As Because Since While Although Though After Before Until Once Unless When Whenever In On At By "
        "From To With Without Of About Over Under Between Among During Through Is Are Was Were Do Does "
        "Did Has Have Had Can Could Will Would Shall Should May Might Must Not Now Today Tomorrow "
        "Yesterday Later Soon Still Also Even Only Just Perhaps Maybe However Therefore Thus Hence "
        "Meanwhile Moreover Furthermore Finally First Second Third Next Last Instead Please Yes Let Don't "
        "Didn't Isn't It's I'm We're They're That's There's Its Two Three Four Five Few Several Come Go "
        "See Look Take Read Write Call Ask Bring Millions Thousands Hundreds Neither Either Nevertheless"
    ),
)
_GERMAN = _words(
    inner=(
        "Dr Dr.med Dr.phil Dr.jur Dr.rer nat "
        "Prof Hr Hrn Fr Frl Dipl.-Ing Dipl Ing Mag Univ.-Prof Pfr Hl Gebr Fa z.B d.h i.e u.a.m a.d bzw "
        "vgl ca ggf evtl sog inkl exkl einschl zzgl abzgl bspw beispielsw bzgl betr gem lt mind insb "
        "insbes geb gest verh entspr allg bes dt engl frz lat ehem od resp Dt Nördl Südl nördl südl östl "
        "westl dr prof ev kath staatl städt Mio Mrd Tsd jew vorauss"
    ),
    numbered=(
        "Nr Nrn nr Art Abs S Bd Bde Kap Abb Tab Abschn Anl Anm Aufl Bl H Hs Jg Ziff Ziffer Rn Rdnr Kl Tel "
        "Lit Az n° nº"
    ),
    final=(
        "usw usf etc Str Pl St st Jh Jhd Jhdt Chr Std Min Sek max min Jan Febr Feb Mär Apr Jun Jul Aug Sept "
        "Sep Okt Nov Dez Mo Di Mi Do Fr Sa So Co Inc Ltd Gr jun sen ff Hbf Bhf Ltg Abt Tel Mwst MwSt Verf "
        "Hrsg Red"
    ),
    ending="",
    starters=(
        "Der Die Das Ein Eine Einer Eines Einem Ich Du Er Sie Es Wir Ihr Man Dies Diese Dieser Dieses "
        "Jene Jener Jenes Mein Meine Dein Deine Sein Seine Ihre Unser Unsere Euer Eure Alle Alles Viele "
        "Einige Manche Beide Jeder Jede Jedes Niemand Nichts Jemand Etwas Kein Keine Was Wer Wen Wem Wo "
        "Wann Warum Wie Wieso Weshalb Welche Welcher Welches Woher Wohin Und Aber Oder Doch Denn Sondern "
        "Weil Wenn Als Ob Dass Da Obwohl Nachdem Bevor Während Seit Bis Damit Sobald Falls In Im An Am "
        "Auf Aus Bei Beim Mit Nach Von Vom Zu Zum Zur Vor Hinter Über Unter Zwischen Durch Für Gegen Ohne "
        "Um Trotz Wegen Ist Sind War Waren Hat Haben Hatte Hatten Wird Werden Wurde Kann Können Soll "
        "Sollte Muss Darf Will Nicht Nun Jetzt Heute Morgen Gestern Dann Danach Später Bald Noch Auch Nur "
        "Schon Vielleicht Deshalb Daher Dort Hier So Also Außerdem Trotzdem Jedoch Dennoch Schließlich "
        "Zuerst Endlich Zwar Mehr Ja Nein Bitte Dabei Dazu Dafür Dagegen Daraus Darin Darauf Daran Davon "
        "Dadurch Hierzu Zudem Zunächst Inzwischen Seitdem Früher Insgesamt Dessen Deren Lesen Rufen Siehe "
        "Zwei Drei Ins Ans Beides"
    ),
    ordinals=True,
)
_FRENCH = _words(
    inner=(
        "M MM Mmes Mme Mlle Mlles Dr Drs Pr Prof Me Mgr Gén gén cap capt col lt sgt cdt adj P.-D.G p.ex "
        "ex c.-à-d i.e cf env vs St Ste Sts bd boul rte éd coll dir trad resp fém masc plur sing prés "
        "vice-prés Ets Sté Cie Vve dr st ste Ph Th Ch"
    ),
    numbered="no nos n p pp fig vol chap art al tél t ch tab réf ann éd par livr n° nº",
    final=(
        "J.-C apr J.C av ap S.A janv févr avr juill juil sept oct nov déc lun mer jeu ven sam dim min max "
        "h s suiv ss inc Inc Ltd Co Jr r pl Ph.D hab tel"
    ),
    ending="etc",
    starters=(
        "Le La Les L' Un Une Des Du De D' Ce C' Cet Cette Ces Je J' Tu Il Elle On Nous Vous Ils Elles Mon "
        "Ma Mes Ton Ta Tes Son Sa Ses Notre Nos Votre Vos Leur Leurs Qui Que Qu' Quoi Quand Où Comment "
        "Pourquoi Quel Quelle Quels Quelles Et Mais Ou Donc Or Ni Car Si S' Lorsque Lorsqu' Puisque "
        "Puisqu' Comme Quand Après Avant Pendant Depuis Dans En Au Aux À Avec Sans Sur Sous Entre Par "
        "Pour Chez Contre Vers Ne N' Pas Non Oui Ici Là Puis Ensuite Enfin Alors Ainsi Aussi Cependant "
        "Toutefois Pourtant Maintenant Hier Demain Aujourd'hui Tout Tous Toute Toutes Plusieurs Certains "
        "Certaines Chaque Aucun Aucune Personne Rien Quelques Même Déjà Encore Plus Moins Très Trop Bien "
        "Voici Voilà Est Y Deux Trois D'abord Selon Malgré Parce Cela Ça Celui Celle"
    ),
)
_SPANISH = _words(
    inner=(
        "D Cap Mons Rev Sto Sta Hno Hna Fco Mª Av p.ej ej cf aprox vs izq dcha Univ dpto depto máx mín sr "
        "sra sres sras srta srtas dr dra dres dña prof profa ing lic arq gral cnel cmdte tte sgto excmo "
        "excma ilmo ilma rvdo pbro avda ctra pza ud uds vd vds"
    ),
    numbered=(
        "no nos n núm núms pág págs p pp fig figs vol vols cap caps art arts tel tels tfno ref refs t ed "
        "sec párr apdo km s ss n° nº"
    ),
    final=(
        "EE UU JJ OO FF AA CC DD HH SS RR Cía S.A S.L ene feb abr jun jul ago sep sept oct nov dic lun "
        "mar mié jue vie sáb dom Jr Inc Ltd Co min"
    ),
    ending="etc a.m p.m a.C d.C",
    starters=(
        "El La Los Las Lo Un Una Unos Unas Yo Tú Él Ella Ello Usted Nosotros Vosotros Ellos Ellas Ustedes "
        "Este Esta Esto Estos Estas Ese Esa Eso Esos Esas Aquel Aquella Mi Mis Tu Tus Su Sus Nuestro "
        "Nuestra Nuestros Qué Que Quién Quien Cuándo Cuando Dónde Donde Cómo Como Por Porque Cuál Cuánto "
        "Y E Pero O U Ni Si Sino Aunque Mientras Después Antes Desde Hasta En De Del Al A Ante Bajo Con "
        "Contra Entre Hacia Para Según Sin Sobre Tras No Sí Ya Aún Todavía También Tampoco Ahora Hoy "
        "Mañana Ayer Luego Entonces Así Además Sin Todo Toda Todos Todas Cada Nadie Nada Algo Alguien "
        "Algunos Algunas Muchos Muchas Varios Otro Otra Otros Otras Ningún Ninguna Se Me Te Le Les Nos Es "
        "Son Era Fue Eran Fueron Hay Había Está Están Tiene Ha Han Aquí Allí Allá Más Menos Muy Dos Tres "
        "Quizá Quizás Tal Cualquier Falta Finalmente Primero"
    ),
)

_OF_LANGUAGE: Mapping[str, Abbreviations] = MappingProxyType(
    {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
)
# Words that one language would take from the others.
_NOT_SHARED = frozenset(
    "D h r o v ex mar So Do Di Mi Me ev cap col par sing Red sen jun a.m p.m coll comm dir adv ing".split()
)


def _shared() -> Abbreviations:
    """Those of all languages; a word that is none in one of them needs a beginning behind it."""

    def merged(name: str) -> frozenset[str]:
        return frozenset().union(*(getattr(each, name) for each in _OF_LANGUAGE.values()))

    final = merged("final") - _NOT_SHARED
    return Abbreviations(
        inner=merged("inner") - _NOT_SHARED - final,
        numbered=merged("numbered"),
        final=final,
        ending=merged("ending") - _NOT_SHARED,
        starters=merged("starters"),
    )


_ANY = _shared()


def abbreviations_of(language: str) -> Abbreviations:
    """Those of a language (ISO 639-1); of all languages together if it is unknown."""
    return _OF_LANGUAGE.get(language, _ANY)
