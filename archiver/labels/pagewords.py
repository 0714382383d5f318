"""The words of pages that test a client, or say that nothing is there.

Each list is folded as a page's words are.  They are as sites write them; a page that
writes *about* such things does so in other sentences, or at greater length.
"""

from typing import Final

from archiver.labels.glance import bare, fold_for_labels


def phrases(text: str) -> tuple[str, ...]:
    """Return words that may stand anywhere in a text, one a line, folded."""
    return tuple(fold_for_labels(line) for line in text.strip().splitlines())


def names(text: str) -> frozenset[str]:
    """Return words that are all of a title, heading or button, one a line, folded."""
    return frozenset(bare(line) for line in text.strip().splitlines())


# A person is asked to show that they are one.
HUMAN: Final = phrases("""
verify you are human
verify that you are human
verify you are a human
verifying you are human
confirm you are human
are you a robot
are you human
i'm not a robot
i am not a robot
you are not a robot
you're not a robot
you are not a bot
you're not a bot
prove you are human
checking your browser
checking if the site connection is secure
unusual traffic from your
enable javascript and cookies to continue
complete the security check
pardon our interruption
access to this page has been denied
dass sie kein roboter sind
dass sie ein mensch sind
ich bin kein roboter
sind sie ein roboter
ihr browser wird überprüft
vous n'êtes pas un robot
je ne suis pas un robot
que vous êtes humain
que vous êtes un humain
êtes-vous un robot
vérification de votre navigateur
non sei un robot
non sono un robot
di essere umano
di non essere un robot
sei un robot
no eres un robot
no soy un robot
que eres humano
não é um robô
não sou um robô
nie jestem robotem
że jesteś człowiekiem
nem vagyok robot
hogy nem robot
hogy ön nem robot
hogy ön ember
вы не робот
я не робот
вы не бот
что вы человек
проверка браузера
проверяем ваш браузер
запросы отправляли вы
ви не робот
ви не бот
що ви людина
перевірка браузера
перевіряємо ваш браузер
робот емессіз
робот еместігіңізді
робот емеспін
адам екеніңізді
انك لست روبوت
انا لست روبوت
لست برنامج روبوت
انك انسان
ربات نیستم
ربات نیستید
انسان هستید
ben robot değilim
robot olmad\u0131\u011f\u0131n\u0131z\u0131
""")

# Nothing was found at that address: the whole of a title, or of a heading.
NOT_FOUND: Final = names("""
not found
page not found
the page was not found
file not found
article not found
content not found
post not found
page cannot be found
page can't be found
page could not be found
this page could not be found
the page could not be found
the page you requested could not be found
that page can't be found
oops that page can't be found
nothing found
page doesn't exist
page does not exist
this page does not exist
this page doesn't exist
this page isn't available
page not available
page unavailable
content unavailable
this content isn't available right now
we couldn't find that page
we can't find that page
this page is no longer available
nicht gefunden
seite nicht gefunden
die seite wurde nicht gefunden
seite wurde nicht gefunden
seite existiert nicht
artikel nicht gefunden
page introuvable
page non trouvée
cette page est introuvable
cette page n'existe pas
la page demandée n'existe pas
la page que vous recherchez n'existe pas
contenu introuvable
article introuvable
pagina non trovata
la pagina non è stata trovata
pagina inesistente
la pagina non esiste
pagina non disponibile
articolo non trovato
página no encontrada
no encontrado
página não encontrada
nie znaleziono strony
strona nie została znaleziona
az oldal nem található
a keresett oldal nem található
oldal nem található
a lap nem található
nem található
страница не найдена
страница не существует
такой страницы нет
такой страницы не существует
запрашиваемая страница не найдена
страница не найдена или удалена
страница удалена
ничего не найдено
не найдено
материал не найден
сторінку не знайдено
сторінка не знайдена
сторінка не існує
такої сторінки не існує
нічого не знайдено
не знайдено
бет табылмады
парақ табылмады
парақша табылмады
бет жоқ
табылмады
сіз іздеген бет табылмады
الصفحة غير موجودة
الصفحة المطلوبة غير موجودة
لم يتم العثور على الصفحة
غير موجود
صفحه یافت نشد
صفحه پیدا نشد
صفحه مورد نظر یافت نشد
صفحه مورد نظر پیدا نشد
صفحه مورد نظر شما یافت نشد
یافت نشد
sayfa bulunamad\u0131
""")

# What stands beside such words: numbers, and "sorry" in every language.
ERROR: Final = names("""
404
410
error
error code
status
code
oops
sorry
we're sorry
fehler
entschuldigung
erreur
désolé
oups
errore
ops
hiba
ошибка
упс
ой
извините
помилка
вибачте
қате
қателік
кешіріңіз
خطأ
عذرا
خطا
متاسفیم
متأسفیم
hata
""")

# A page that is nothing without its scripts says so.
NEEDS_SCRIPTS: Final = phrases("""
enable javascript
javascript is required
javascript is disabled
requires javascript
need to enable javascript
turn on javascript
javascript aktivieren
aktivieren sie javascript
activer javascript
activez javascript
abilita javascript
abilitare javascript
attiva javascript
engedélyezze a javascript
engedélyezd a javascript
включите javascript
включить javascript
необходим javascript
увімкніть javascript
увімкнути javascript
javascript қосыңыз
javascript-ті қосыңыз
تفعيل javascript
تفعيل جافا سكريبت
تمكين javascript
جاوا اسکریپت را فعال
javascript را فعال
""")
