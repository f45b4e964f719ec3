"""The words by which mail programs mark history, forwards and signatures, in the languages they speak.

Each table is a list of phrases in lower case, one line a language or a few; the modules beside
this one decide what they mean.
What no table knows is still found by its shape where the shape is plain enough.
"""

from __future__ import annotations

REPLY_MARKER = "## please write above this line ##"
"""The line our outgoing mail begins with; whatever stands under it has been said before."""


def _phrases(table: str) -> tuple[str, ...]:
	"""The phrases of a table, longest first, so that an alternation takes the whole one."""
	found = {phrase.strip() for line in table.splitlines() for phrase in line.split("|") if phrase.strip()}
	return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


WROTE = _phrases("""
wrote | writes | has written
schrieb | schreibt | hat geschrieben | geschrieben
a écrit | écrit | écrivait | a ecrit
escribió | escribio | ha escrito | escribe | va escriure | escrigué | escribiu
escreveu | escreve | escreveram
ha scritto | scrive | scrisse
schreef | heeft geschreven | schrijft | geskryf | skryf
skrev | skriver | har skrevet | skrifaði
kirjoitti | kirjoittaa | kirjutas
napisał(a) | napisał/a | napisała | napisał | napisali | pisze
napsal(a) | napsal/a | napsala | napsal | napísal(a) | napísala | napísal | píše
írta | ezt írta | írta a következőt
a scris | scrie
написал(а) | написала | написал | пишет | писал(а) | писал | писала
написав(ла) | написав(-ла) | написав | пише
написа | напиша | напісаў | напісала
napisao/la | napisao | napisala | napisao je | je napisao | je napisala | je napisal | je napisal/-a
piše
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
"""What stands at the end, or in the middle, of the line that introduces a quote."""

OPENERS = _phrases("""
on | at | am | le | el | em | il | op | den | dne | dňa | w dniu | dnia | ma | pe | la data | în
на | в | з | от | 在 | 于 | 於 | pada | vào | tarihinde | στις | στις | ב | في | בתאריך | il giorno
a les
il | mnt | i | på | tirsdag | klo | pe | dana | dne | kl | quoting | zitat von | op
""")
"""What such a line may begin with, where it does not begin with a date or a name."""

FROM = _phrases("""
from | von | de | da | van | från | fra | od | lähettäjä | feladó | от | від | από | kimden | gönderen
de la | expeditor | expéditeur | absender | mittente | remitente | remetente | afzender | avsändare
avsender | afsender | nadawca | odesílatel | odosielateľ | отправитель | відправник | подател | од | ад
saatja | no | nuo | siuntėjas | sūtītājs | pošiljatelj | pošiljalac | frá | vanaf
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

TO = _phrases("""
to | an | à | pour | para | a | aan | naar | till | til | vastaanottaja | do | komu | címzett
către | catre
la | кому | до | към | за | προς | πρός | kime | alıcı | אל | נמען | إلى | الى | به | 收件人
收件者 | 宛先 | 받는 사람
받는사람 | 수신 | ถึง | tới | đến | kepada | ke | za | prima | kam | kellele | saaja | gavėjas
destinataire
destinatario | destinatário | empfänger | odbiorca | получатель | adresát | per
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
temat | předmět | predmet | vec | tárgy | subiect | тема | предмет | относно | θέμα | konu | נושא
الموضوع
موضوع | 主题 | 主題 | 主旨 | 件名 | 標題 | 제목 | เรื่อง | chủ đề | tiêu đề | subjek | perihal
judul | tema | teema | assumpte
zadeva | naslov | efni | re
""")

ORIGINAL = _phrases("""
original message | original appointment | original mail | original email | reply message
replied message | previous message
ursprüngliche nachricht | original-nachricht | originalnachricht | original nachricht
ursprünglicher termin | urspr. nachricht
message d'origine | message d’origine | message original | message initial | mensaje original
mensaje de origen | missatge original | mensagem original | mensagem de origem | messaggio originale
messaggio original | oorspronkelijk bericht | origineel bericht | oorspronkelijke bericht
oorspronkelyke boodskap | ursprungligt meddelande | originalmeddelande | originalmeddelelse
oprindelig meddelelse | original meddelelse | opprinnelig melding | original melding
alkuperäinen viesti | algne kiri | algne sõnum | wiadomość oryginalna | oryginalna wiadomość
pierwotna wiadomość | treść oryginalnej wiadomości | původní zpráva | původní e-mail | pôvodná správa
eredeti üzenet | mesajul original | mesaj original | mesajul inițial
исходное сообщение | оригинальное сообщение | первоначальное сообщение | вихідне повідомлення
оригінальне повідомлення | початкове повідомлення | оригинално съобщение | оригинална порука
originalna poruka | izvorna poruka | izvirno sporočilo | originalus laiškas | oriģinālais ziņojums
orijinal mesaj | özgün ileti | asıl mesaj | orijinal ileti | αρχικό μήνυμα | ההודעה המקורית
הודעה מקורית
الرسالة الأصلية | الرسالة الاصلية | پیام اصلی | 原始邮件 | 原始郵件 | 原邮件 | 原始信件 | 原始訊息
元のメッセージ | オリジナルメッセージ
원본 메시지 | 원본 메일 | 원본메일 | ข้อความต้นฉบับ | tin nhắn gốc | thư gốc | pesan asli | mesej asal
""")
"""What stands between dashes above the message that is answered."""

FORWARDED = _phrases("""
forwarded message | begin forwarded message | forwarded by | forwarded mail | forwarded email
weitergeleitete nachricht | anfang der weitergeleiteten nachricht | anfang der weitergeleiteten e-mail
weitergeleitet von | message transféré | message transmis | début du message transféré
début du message réexpédié | mensaje reenviado | inicio del mensaje reenviado | missatge reenviat
mensagem encaminhada | mensagem reencaminhada | início da mensagem encaminhada
início da mensagem reencaminhada | messaggio inoltrato | inizio messaggio inoltrato
doorgestuurd bericht | begin doorgestuurd bericht | vidarebefordrat meddelande | vidarebefordrat brev
vidarebefordrat mail | videresendt meddelelse | videresendt melding | start på videresendt besked
videresendt besked | välitetty viesti | edelleenlähetetty viesti | edastatud kiri
przekazana wiadomość | wiadomość przekazana | początek przekazywanej wiadomości
přeposlaná zpráva | preposlaná správa | továbbított üzenet | továbbított levél
mesaj redirecționat | mesaj redirectionat | пересылаемое сообщение | пересланное сообщение
начало переадресованного сообщения | переслане повідомлення | препратено съобщение
proslijeđena poruka | prosleđena poruka | прослеђена порука | posredovano sporočilo
iletilen mesaj | yönlendirilen ileti | iletilen ileti | προωθημένο μήνυμα | הודעה שהועברה
رسالة معاد توجيهها | رسالة محولة | الرسالة المعاد توجيهها | 转发的邮件 | 转发邮件 | 轉寄郵件
轉寄的郵件 | 转发邮件信息 | 轉寄者
転送されたメッセージ | 転送メッセージ | 전달된 메일 | 전달된 메시지 | ข้อความที่ส่งต่อ
tin nhắn đã chuyển tiếp
pesan terusan | pesan yang diteruskan | mesej yang dimajukan
""")

FORWARD_PREFIXES = _phrases("""
fwd | fw | wg | tr | rv | enc | doorst | vb | vl | videresendt | videres | pd | i | inoltro | пересл
fs | ilt | iletildi
转发 | 轉寄 | 転送 | 전달 | הועבר | προωθ | továbbítás | továbbítva | továbbított | přep | trs | yml
""")
"""With which a subject says that the message is passed on."""

SENT_FROM = _phrases("""
sent from | sent via | sent with | sent using | sent by my
gesendet von | gesendet mit | gesendet via | gesendet über | verschickt mit | von unterwegs gesendet
envoyé de | envoyé depuis | envoyé à partir | envoyé avec | envoyé via
enviado desde | enviado do | enviado de | enviado a partir | enviado con | enviado pelo | enviat des
inviato da | inviato dal | inviato con | inviato tramite
verzonden vanaf | verzonden met | verzonden via | verstuurd vanaf | verzonden van | gestuur vanaf
skickat från | skickades från | skickat med | sendt fra | sendt med | sendt via | sent frá
wysłane z | wysłano z | wysłane za | wysłano za
odesláno z | odesláno ze | odeslané z | odoslané z | odoslané zo
trimis de pe | trimis din | trimis de la | trimis cu
отправлено с | отправлено из | отправлено со | отправлено через | послано с
надіслано з | надіслано із | відправлено з | изпратено от | послато са
poslano s | poslano z | poslano iz | poslato sa | išsiųsta iš | nosūtīts no
εστάλη από | στάλθηκε από | נשלח מה | أرسلت من | أُرسلت من | مرسل من | تم الإرسال من | ارسال شده از
发自我的 | 发自 | 寄自 | 傳送自 | 发送自 | ส่งจาก | được gửi từ | đã gửi từ | gửi từ
dikirim dari | dihantar dari | dihantar daripada | ipinadala mula
""")
"""What a device puts in front of its own name, under the words typed on it."""

SENT_BY_DEVICE = _phrases("""
gesendet | lähetetty | saadetud | küldve | elküldve | gönderildi | gönderilmiştir | verzonden | sent
从我的 | 從我的 | 发送 | 傳送 | 發送 | から送信 | 에서 보냄 | 에서 보냈습니다 | 에서 발송
""")
"""The same where the name may stand in front."""

DEVICES = _phrases("""
iphon | ipad | ipod | android | samsung | galaxy | huawei | xiaomi | redmi | nokia | xperia | htc
motorola | oneplus | pixel | blackberry | windows | outlook | yahoo | gmail | mail.ru | yandex | яндекс
proton | tutanota | aol | thunderbird | smartphone | gmx | web.de | libero | mailbird | airmail | bluemail
zoho | hotmail | apple mail | k-9
""")
"""Names that stand in such a line and hardly ever end a message otherwise."""

BELOW = _phrases("""
below | inline | in-line | in line | unten | unterhalb | siehe unten | im text
ci-dessous | plus bas | dans le texte | abajo | más abajo | abaixo | em baixo | qui sotto | sotto
hieronder | nedan | nedenfor | nedenunder | alla | poniżej | níže | nižšie | lentebb | alább | mai jos
ниже | нижче | по-долу | ispod | spodaj | παρακάτω | aşağıda | להלן | أدناه | 下面 | 以下 | 如下
아래 | ด้านล่าง | bên dưới | di bawah
""")
"""By which a writer says that the answers stand under the quoted words."""
