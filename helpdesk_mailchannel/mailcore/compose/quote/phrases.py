"""The words by which mail programs mark history, forwards and signatures, in the languages they speak.

Each table is a list of phrases in lower case, one line per language or for a few; the modules beside this one
decide what they mean. What no table has is still found by its shape, if the shape is plain enough.
"""

from __future__ import annotations

REPLY_MARKER = "## please write above this line ##"
"""The line our outgoing mail begins with; everything under it has been said before."""


def _phrases(table: str) -> tuple[str, ...]:
	"""Return the phrases of a table, longest first, so that an alternation takes the whole one."""
	found = {phrase.strip() for line in table.splitlines() for phrase in line.split("|") if phrase.strip()}
	return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


WROTE = _phrases("""
wrote | writes | has written
schrieb | schrieben | schreibt | hat geschrieben | geschrieben
a écrit | écrit | écrivait | a ecrit
escribió | escribio | ha escrito | escribe | va escriure | escrigué | escribiu
escreveu | escreve | escreveram
ha scritto | scrive | scrisse
schreef | heeft geschreven | schrijft | geskryf | skryf
skrev | skriver | har skrevet | skrifaði
kirjoitti | kirjoittaa | kirjutas
wiadomość napisana przez | napisał(a) | napisał/a | napisała | napisał | napisali | pisze
napsal(a) | napsal/a | napsala | napsal | napísal(a) | napísala | napísal | píše
írta | ezt írta | írta a következőt
a scris | scrie
написал(а) | написала | написал | пишет | писал(а) | писал | писала | писали
написав(ла) | написав(-ла) | написав | пише
написа | напиша | напісаў | напісала
napisao/la | napisao | napisala | napisao je | je napisao | je napisala | je napisal | je napisal/-a
napisal | piše
написао | је написао | је написала
parašė | rašė | rakstīja | shkroi | skribis | ysgrifennodd | scríobh | idatzi du
έγραψε | έγραψαν
yazdı | yazmış | şunu yazdı | şunları yazdı | yazıb | жазды | yozdi
כתב | כתבה | כתב/ה | כתב(ה) | כתבו
كتب | كتبت | كتب/ت | نوشت | نے لکھا | نے تحریر کیا
ने लिखा | লিখেছেন | எழுதியது | เขียน | เขียนว่า
đã viết | viết | menulis | tulis | nagsulat
写道 | 寫道 | 写了 | 來信 | 寫了
書きました | さんは書きました | は次のように書きました | のメール | のメッセージ | 書いた
작성 | 님이 작성 | 작성했습니다 | 썼습니다 | 님이 쓰셨습니다 | 쓰기
დაწერა | գրել է
""")
"""What is at the end, or in the middle, of the line that introduces a quote."""

WROTE_TO_US = _phrases("""
wrote me | wrote us | wrote to me | wrote to us | your colleague
schrieb mir | schrieb uns | schrieben mir | schrieben uns | mir schrieb | uns schrieb | kollege | kollegin
m'a écrit | m’a écrit | nous a écrit | m'avez écrit | nous avez écrit | collègue
me escribió | nos escribió | me escribieron | compañero | compañera | me escreveu | nos escreveu | colega
mi ha scritto | ci ha scritto | collega | schreef mij | schreef me | schreef ons
skrev till mig | skrev till oss | skrev til mig | skrev til meg | skrev til oss | skrev til os
""")
"""What a person says who tells about a message; no mail program does."""

OPENERS = _phrases("""
on | at | am | le | el | em | il | op | den | dne | dňa | w dniu | dnia | ma | pe | la data | în
на | в | з | от | 在 | 于 | 於 | pada | vào | tarihinde | στις | στις | ב | في | בתאריך | il giorno
a les
il | mnt | i | på | tirsdag | klo | pe | dana | dne | kl | quoting | zitat von | op
""")
"""What such a line may begin with, if it does not begin with a date or a name."""

FIRST_WORDS = _phrases("on | am | le | el | em | il | op | den | på | dne | dnia | w dniu | dana | pe | în")
"""Those of them that, with a capital, separate the line from the sentence before it."""

FROM = _phrases("""
from | von | de | da | van | från | fra | od | lähettäjä | feladó | от | від | από | kimden | gönderen
de la | expeditor | expéditeur | absender | mittente | remitente | remetente | afzender | avsändare
avsender | afsender | nadawca | odesílatel | odosielateľ | отправитель | відправник | подател | од | ад
saatja | no | nuo | siuntėjas | sūtītājs | pošiljatelj | pošiljalac | šalje | frá | vanaf
מאת | من | المرسل | از | 发件人 | 寄件者 | 寄件人 | 發件人 | 差出人 | 送信者 | 送信元 | 보낸 사람
보낸사람 | 발신
จาก | từ | người gửi | dari | pengirim | daripada | mula kay | remitent | प्रेषक
""")

SENT = _phrases("""
sent | date | sent at | date sent
gesendet | datum | gesendet am
envoyé | envoyé le | date d'envoi | date
enviado | enviado el | enviado em | enviada em | enviada | fecha | data | fecha de envío | enviat
inviato | inviato il | data
verzonden | verzonden op | datum
skickat | skickades | sendt | dato | sendt den
lähetetty | päivämäärä | päiväys | pvm
wysłano | wysłane | data | data wysłania
odesláno | odoslané | odoslaná | dátum | dne
elküldve | küldve | dátum
trimis | dată | data | trimis la
отправлено | дата | дата отправления | отправлен | надіслано | изпратено | послато | датум | послано
στάλθηκε | ημερομηνία | απεστάλη
gönderildi | gönderilme tarihi | gönderme tarihi | tarih
נשלח | תאריך | نشر | التاريخ | تاريخ | تاريخ الإرسال | ارسال | تم الإرسال
发送时间 | 发送日期 | 日期 | 時間 | 时间 | 寄件日期 | 傳送時間 | 傳送日期 | 發送時間 | 送信日時
日時 | 送信日 | 日付
날짜 | 보낸 날짜 | 보낸날짜 | 발신일 | 일시
ส่ง | วันที่ | ngày | đã gửi | ngày gửi | dikirim | tanggal | tarikh | dihantar
poslano | poslato | izsiųsta | išsiųsta | nosūtīts | datums | saadetud | kuupäev | sent | dags
dagsetning
""")

ANY_DATE = _phrases("""
date | datum | data | dato | fecha | päivämäärä | päiväys | pvm | dátum | dne | dată | дата | датум
ημερομηνία
tarih | תאריך | التاريخ | تاريخ | 日期 | 時間 | 时间 | 日時 | 日付 | 날짜 | วันที่ | ngày | tanggal
tarikh
datums | kuupäev | dags
""")
"""Those of them that come before any date, not only a message's."""

TO = _phrases("""
to | an | à | pour | para | a | aan | naar | till | til | vastaanottaja | do | komu | címzett
către | catre
la | кому | до | към | за | προς | πρός | kime | alıcı | אל | נמען | إلى | الى | به | 收件人
收件者 | 宛先 | 받는 사람
받는사람 | 수신 | ถึง | tới | đến | kepada | ke | za | prima | kam | kellele | saaja | gavėjas
destinataire
destinatario | destinatário | empfänger | odbiorca | adresat | получатель | adresát | per
""")

COPY = _phrases("""
cc | kopie | copie | copie à | copia | cópia | con copia | kopia | kopio | kopi | копия | копія
másolatot kap
másolat | bilgi | κοιν. | κοινοποίηση | עותק | نسخة | نسخة إلى | 抄送 | 副本 | 副本抄送 | 참조
สำเนา | tembusan
bcc | reply-to | risposta | antwort an | responder a | répondre à | mailed-by | importance | attachments
""")

SUBJECT = _phrases("""
subject | betreff | objet | sujet | asunto | assunto | oggetto | onderwerp | ämne | emne | aihe
otsikko
temat | tēma | předmět | predmet | vec | tárgy | subiect | тема | предмет | относно | θέμα | konu | נושא
الموضوع
موضوع | 主题 | 主 题 | 主題 | 主旨 | 件名 | 標題 | 제목 | เรื่อง | chủ đề | tiêu đề | subjek | perihal
judul | tema | teema | assumpte
zadeva | naslov | efni | re
""")

FORM = _phrases("""
name | first name | last name | email | e-mail | email address | phone | phone number | telephone
company | message | comments | website | vorname | nachname | telefon | firma | nachricht
nom | prénom | téléphone | société | message | nombre | teléfono | empresa | mensaje
nome | telefone | mensagem | cognome | telefono | azienda | messaggio | naam | bericht
""")
"""What forms on web sites ask for, and no mail program says about a message."""

ORIGINAL = _phrases("""
original message | original message follows | original appointment | original mail | original email
reply message
replied message | previous message
ursprüngliche nachricht | original-nachricht | originalnachricht | original nachricht
ursprünglicher termin | urspr. nachricht | ursprüngliche mitteilung | antwort nachricht
vorherige nachricht
message d'origine | message d’origine | message original | message initial | message précédent
mensaje original
mensaje de origen | missatge original | mensagem original | mensagem de origem | messaggio originale
messaggio original | oorspronkelijk bericht | origineel bericht | oorspronkelijke bericht
oorspronkelyke boodskap | ursprungligt meddelande | originalmeddelande | originalmeddelelse
ursprungligt brev
ursprungligt mejl | oprindelig besked | oprindelig mail | opprinnelig e-post
oprindelig meddelelse | original meddelelse | opprinnelig melding | original melding
alkuperäinen viesti | algne kiri | algne sõnum | wiadomość oryginalna | oryginalna wiadomość
pierwotna wiadomość | treść oryginalnej wiadomości | původní zpráva | původní e-mail | pôvodná správa
eredeti üzenet | mesajul original | mesaj original | mesajul inițial
исходное сообщение | оригинальное сообщение | первоначальное сообщение | вихідне повідомлення
оригінальне повідомлення | початкове повідомлення | оригинално съобщение | оригинална порука
originalna poruka | izvorna poruka | izvirno sporočilo | originalus laiškas | oriģinālais ziņojums
orijinal mesaj | özgün ileti | asıl mesaj | orijinal ileti | αρχικό μήνυμα | ההודעה המקורית
הודעה מקורית
الرسالة الأصلية | الرسالة الاصلية | پیام اصلی | 原始邮件 | 原始郵件 | 原邮件 | 回复的原邮件
邮件原件 | 原始信件 | 原始訊息
元のメッセージ | オリジナルメッセージ
원본 메시지 | 원본 메일 | 원본메일 | ข้อความต้นฉบับ | tin nhắn gốc | thư gốc | pesan asli | mesej asal
""")
"""What is between dashes above the message that is answered."""

FORWARDED = _phrases("""
forwarded message | begin forwarded message | forwarded by | forwarded mail | forwarded email
weitergeleitete nachricht | anfang der weitergeleiteten nachricht | anfang der weitergeleiteten e-mail
weitergeleitet von | weitergeleitete e-mail | weitergeleitete mail | message transféré
message transmis | début du message transféré
début du message réexpédié | mensaje reenviado | inicio del mensaje reenviado | missatge reenviat
mensagem encaminhada | mensagem reencaminhada | início da mensagem encaminhada
início da mensagem reencaminhada | messaggio inoltrato | inizio messaggio inoltrato
doorgestuurd bericht | begin doorgestuurd bericht | vidarebefordrat meddelande | vidarebefordrat brev
vidarebefordrat mail | videresendt meddelelse | videresendt melding | start på videresendt besked
videresendt besked | välitetty viesti | edelleenlähetetty viesti | edastatud kiri
persiųstas laiškas | pārsūtīts ziņojums | препратено писмо
przekazana wiadomość | wiadomość przekazana | wiadomość przesłana dalej | przesłana wiadomość
treść przekazanej wiadomości | początek przekazywanej wiadomości
přeposlaná zpráva | preposlaná správa | továbbított üzenet | továbbított levél
mesaj redirecționat | mesaj redirectionat | пересылаемое сообщение | пересланное сообщение
перенаправленное сообщение
начало переадресованного сообщения | переслане повідомлення | препратено съобщение
proslijeđena poruka | prosleđena poruka | прослеђена порука | posredovano sporočilo
iletilen mesaj | yönlendirilen ileti | iletilen ileti | προωθημένο μήνυμα | הודעה שהועברה
رسالة معاد توجيهها | رسالة محولة | الرسالة المعاد توجيهها | 转发的邮件 | 转发邮件 | 轉寄郵件
轉寄的郵件 | 转发邮件信息 | 轉寄者
転送されたメッセージ | 転送メッセージ | メッセージを転送 | 전달된 메일 | 전달된 메시지 | ข้อความที่ส่งต่อ
tin nhắn đã chuyển tiếp
pesan terusan | pesan yang diteruskan | mesej yang dimajukan
""")

FORWARD_PREFIXES = _phrases("""
fwd | fw | wg | tr | rv | enc | doorst | vb | vl | videresendt | videres | pd | i | inoltro | пересл
fs | ilt | iletildi
pos | prosl | proslijeđeno | prosleđeno | πρθ | пер | пересылка | препр | redirecționat | re-fwd
endurs | edasi | pārs | persiųsta | إعادة توجيه | تحويل | ส่งต่อ | chuyển tiếp | terusan | teruskan
转发 | 轉寄 | 転送 | 전달 | הועבר | προωθ | továbbítás | továbbítva | továbbított | přep | trs | yml
""")
"""Prefixes by which a subject says that the message is passed on."""

FINNISH = _phrases("lähettäjä | vastaanottaja | kirjoitti")
"""Finnish Outlook begins the subject of an answer with "VS:", Danish and Norwegian that of a forward."""

SENT_FROM = _phrases("""
sent from | sent by my
gesendet von | von unterwegs gesendet
envoyé de | envoyé depuis | envoyé à partir
enviado desde | enviado do | enviado de | enviado a partir | enviat des
inviato da | inviato dal
verzonden vanaf | verstuurd vanaf | verzonden van | gestuur vanaf
skickat från | skickades från | sendt fra | sent frá
wysłane z | wysłano z
odesláno z | odesláno ze | odeslané z | odoslané z | odoslané zo
trimis de pe | trimis din | trimis de la
отправлено с | отправлено из | отправлено со | послано с | надіслано з | надіслано із | відправлено з
изпратено от | послато са
poslano s | poslano z | poslano iz | poslané z | poslato sa | išsiųsta iš | nosūtīts no
εστάλη από | στάλθηκε από | נשלח מה | أرسلت من | أُرسلت من | أرسل من | مرسل من | تم الإرسال من
ارسال شده از
发自我的 | 发自 | 寄自 | 傳送自 | 发送自 | ส่งจาก | được gửi từ | đã gửi từ | gửi từ
dikirim dari | dihantar dari | dihantar daripada | ipinadala mula
""")
"""What a device puts before its own name, under the words typed on it."""

SENT_WITH = _phrases("""
sent via | sent with | sent using
gesendet mit | gesendet via | gesendet über | verschickt mit
envoyé avec | envoyé via | enviado con | enviado pelo | enviado via | inviato con | inviato tramite
verzonden met | verzonden via | skickat med | sendt med | sendt via
wysłane za | wysłano za | trimis cu | отправлено через | lähetetty | saadetud | küldve
""")
"""The same, if the name must be known: people write like this about their parcels."""

SENT_BY_DEVICE = _phrases("""
gesendet | lähetetty | saadetud | küldve | elküldve | gönderildi | gönderilmiştir
发送 | 傳送 | 發送 | から送信 | 에서 보냄 | 에서 보냈습니다 | 에서 발송
""")
"""The same, after the name."""

FROM_MY = _phrases("""
von | vom | diese nachricht wurde | diese e-mail wurde | diese mail wurde | az | ios için | 从 | 從
나의 | 내
""")
"""What such a line begins with, if it does not begin with the name."""

DEVICES = _phrases("""
iphon | ipad | ipod | android | samsung | galaxy | huawei | xiaomi | redmi | nokia | xperia | htc
motorola | oneplus | pixel | blackberry | windows | smartphone
outlook | yahoo | gmail | mail.ru | yandex | яндекс | proton | tutanota | aol | thunderbird | gmx
web.de | libero | mailbird | mailspring | airmail | bluemail | zoho | hotmail | apple mail | mail app
k-9 | fairemail | superhuman | spark | missive | polymail | sparrow | typeapp
""")
"""Names that are in such a line and hardly ever end a message otherwise."""

GET = _phrases("""
get | download | holen sie sich | hol dir | laden sie
obtenir | obtenez | télécharger | téléchargez | obtener | obtén | obtenga | descargar | descarga
obter | obtenha | baixar | baixe | ottieni | scarica | hämta | skaffa | hent | få | last ned
hanki | lataa | pobierz | získat | získejte | získajte | stáhnout | stáhněte | stiahnuť
obțineți | obține | descărcați | скачать | скачайте | загрузить | отримати | завантажити
preuzmite | prenesite | λήψη | الحصول على | تنزيل | הורד | קבל | 获取 | 取得 | 下载 | 下載 | tải
dapatkan
""")
"""What an app's advertisement for itself begins with."""

GET_BEHIND = _phrases("""
beziehen | herunterladen | downloaden | ophalen | letöltése | beszerzése | edinin | indirin | yükleyin
を入手 | をダウンロード | 다운로드 | 받기
""")
"""The same in languages that put the verb last."""

FOOTERS = _phrases("""
confidential | disclaimer | intended recipient | virus-free | scanned for viruses
consider the environment
mailing list | to unsubscribe | you received this message because | you are receiving this
vertraulich | haftungsausschluss | virenfrei | auf viren | sie erhalten diese | handelsregister
confidentiel | sans virus | confidencial | sin virus | livre de vírus
riservat | vertrouwelijk | virusvrij | konfidentiell | fortrolig | luottamukselli | poufne | důvěrn
dôvern | bizalmas | confidențial | конфиденциальн | конфіденційн | εμπιστευτικ | gizli | avast
保密 | 機密 | 기밀
""")
"""What the lines say that companies, lists and virus scanners put under every message."""

BELOW = _phrases("""
below | inline | in-line | in line | unten | unterhalb | siehe unten | im text
ci-dessous | plus bas | dans le texte | abajo | más abajo | abaixo | em baixo | qui sotto | sotto
hieronder | nedan | nedenfor | nedenunder | alla | poniżej | níže | nižšie | lentebb | alább | mai jos
ниже | нижче | по-долу | ispod | spodaj | παρακάτω | aşağıda | להלן | أدناه | 下面 | 以下 | 如下
아래 | ด้านล่าง | bên dưới | di bawah
""")
"""Words by which a writer says that the answers are under the quoted words."""

ANSWERS_BELOW = _phrases("""
see below | answer below | answers below | answered below | comment below | comments below | replies below
responses below | response below | notes below | see inline | see in line | answers inline
answered inline
replied inline | replies inline | comments inline | comments in line | responses inline | inline below
in red | in blue | in green
siehe unten | antwort unten | antworten unten | meine antworten | im text beantwortet | in rot | in blau
voir ci-dessous | réponse ci-dessous | réponses ci-dessous | mes réponses | dans le texte | en rouge
en bleu
ver abajo | respuestas abajo | mis respuestas | en rojo | en azul
ver abaixo | veja abaixo | respostas abaixo | minhas respostas | em vermelho | em azul
vedi sotto | risposte sotto | mie risposte | in rosso | in blu
zie hieronder | antwoorden hieronder | mijn antwoorden | in het rood | in het blauw
se nedan | svar nedan | i rött | se nedenfor | svar nedenfor | med rødt | i rødt
patrz poniżej | odpowiedzi poniżej | na czerwono | viz níže | odpovědi níže | červeně | lásd lent
lásd alább
см. ниже | смотри ниже | ответы ниже | красным | див. нижче | vezi mai jos | kırmızı ile
""")
"""Words by which a writer says that there are new words within the message that is answered, or that it
should be read."""
