"""The words of pages that ask for consent, for money, or for a name and password."""

from typing import Final

from archiver.labels.pagewords import names, phrases

# A name that a page to log in goes by: the beginning of a title, or of a heading.
LOG_IN: Final = names("""
log in
login
log on
sign in
signin
anmelden
anmeldung
einloggen
connexion
se connecter
connectez vous
identifiez vous
accedi
accesso
iniciar sesión
entrar
zaloguj się
logowanie
bejelentkezés
belépés
вход
войти
войдите
авторизация
вхід
увійти
увійдіть
авторизація
кіру
жүйеге кіру
авторизациялау
تسجيل الدخول
ورود
giriş yap
""")

# Whoever is not logged in is shown nothing.
LOG_IN_FIRST: Final = phrases("""
you must log in
you must be logged in
you need to log in
you need to be logged in
you need to sign in
please log in to
please sign in to
log in to continue
login to continue
sign in to continue
log in to view
login required
authentication required
bitte melden sie sich an
bitte loggen sie sich ein
sie müssen angemeldet sein
sie müssen sich anmelden
sie müssen sich einloggen
veuillez vous connecter
vous devez être connecté
vous devez vous connecter
connectez-vous pour continuer
devi effettuare l'accesso
devi accedere
accedi per continuare
effettua l'accesso per
debes iniciar sesión
kérjük, jelentkezzen be
kérjük, jelentkezz be
be kell jelentkezned
be kell jelentkeznie
a folytatáshoz jelentkezz
необходимо войти
нужно войти
войдите, чтобы
войдите в систему
необходимо авторизоваться
требуется авторизация
необходима авторизация
потрібно увійти
необхідно увійти
увійдіть, щоб
потрібна авторизація
необхідна авторизація
жүйеге кіріңіз
жүйеге кіру қажет
авторизация қажет
يجب تسجيل الدخول
يجب عليك تسجيل الدخول
يرجى تسجيل الدخول
سجل الدخول للمتابعة
برای ادامه وارد شوید
لطفا وارد شوید
باید وارد شوید
وارد حساب کاربری خود شوید
""")

# The rest of this very text is for those who pay.
PAY: Final = phrases("""
subscribe to continue reading
subscribe now to continue reading
subscribe to keep reading
subscribe to read the full
subscribe to read this
subscribe to unlock this
to continue reading this article
to read the rest of this article
to read the full story, subscribe
this article is for subscribers
this article is only available to subscribers
this story is for subscribers
this content is for subscribers
this post is for paid subscribers
you have reached your limit of free articles
you've reached your limit of free articles
you've reached your free article limit
you've read your last free article
you have no free articles left
dieser artikel ist nur für abonnenten
dieser artikel ist exklusiv für
dieser inhalt ist nur für abonnenten
um weiterzulesen
mit abo weiterlesen
jetzt abonnieren und weiterlesen
weiterlesen mit einem abo
sie wollen weiterlesen
la suite est réservée aux abonnés
la suite de cet article est réservée
de cet article à lire
abonnez-vous pour lire la suite
abonnez-vous pour continuer
pour lire la suite de cet article
cet article est réservé aux abonnés
questo articolo è riservato agli abbonati
questo contenuto è riservato agli abbonati
abbonati per continuare a leggere
per continuare a leggere questo articolo
per continuare la lettura, abbonati
este contenido es exclusivo para suscriptores
suscríbete para seguir leyendo
ez a cikk csak előfizető
ez a tartalom csak előfizető
a teljes cikket csak előfizető
a cikk folytatása csak előfizető
a cikk elolvasásához előfizetés
a folytatáshoz fizessen elő
a folytatáshoz fizess elő
материал доступен только подписчикам
материал доступен только по подписке
статья доступна только подписчикам
полный текст доступен только
полный текст доступен по подписке
чтобы читать дальше, оформите подписку
чтобы продолжить чтение, оформите
оформите подписку, чтобы
цей матеріал доступний лише
матеріал доступний лише передплатникам
матеріал доступний тільки передплатникам
оформіть передплату, щоб
щоб читати далі, оформіть
материал тек жазылушыларға
мақала тек жазылушыларға
толық оқу үшін жазылыңыз
оқуды жалғастыру үшін жазылыңыз
هذا المحتوى للمشتركين فقط
هذا المقال للمشتركين فقط
هذا المحتوى متاح للمشتركين
اشترك لمواصلة القراءة
اشترك لقراءة المزيد
این مطلب فقط برای مشترکین
این مطلب ویژه مشترکین
این مطلب مخصوص مشترکین
برای خواندن ادامه این مطلب مشترک شوید
برای ادامه مطالعه اشتراک
""")

# The words of a question about cookies and consent.
CONSENT: Final = phrases("""
cookie
consent
privacy
personal data
our partners
your data
datenschutz
einwilligung
personenbezogen
unsere partner
données personnelles
vos données
nos partenaires
confidentialité
dati personali
i nostri partner
consenso
sütik
sütiket
adatvédelm
hozzájárul
személyes adat
куки
персональных данных
персональные данные
конфиденциальност
наши партнеры
согласие
персональних даних
персональні дані
конфіденційніст
згоду
файли cookie
дербес дерек
құпиялылық
келісім
ملفات تعريف الارتباط
الخصوصيه
البيانات الشخصيه
کوکی
حریم خصوصی
داده های شخصی
""")

# The button that answers it.
ACCEPT: Final = names("""
accept
accept all
accept all cookies
accept cookies
accept and continue
agree
i agree
i accept
agree and continue
agree and close
allow all
allow all cookies
got it
ok
akzeptieren
alle akzeptieren
alles akzeptieren
akzeptieren und weiter
zustimmen
zustimmen und weiter
einverstanden
accepter
tout accepter
j'accepte
accepter et continuer
accepter et fermer
accetta
accetta tutto
accetta tutti
accetta e continua
accetto
aceptar
aceptar todo
aceitar
elfogadom
elfogadás
összes elfogadása
az összes elfogadása
mindet elfogadom
принять
принять все
принимаю
я согласен
согласен
согласиться
соглашаюсь
прийняти
прийняти все
погоджуюсь
погоджуюся
прийняти всі
қабылдау
барлығын қабылдау
келісемін
قبول
قبول الكل
اوافق
موافق
پذیرش
پذیرش همه
می پذیرم
قبول می کنم
kabul et
tümünü kabul et
""")
