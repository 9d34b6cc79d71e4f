package say

import (
	"strings"
	"time"
)

// calendar is how a language writes days. Months stand as they do after a day's number, which in Polish and Ukrainian is another form than alone.
type calendar struct {
	months [12]string
	days   [7]string // from Sunday
	day    string    // places {d} {month} {y}
	long   string    // places {weekday} and {day}
	twelve bool      // am and pm
}

var (
	english = calendar{
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		days:   [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		day:    "{d} {month} {y}", long: "{weekday} {day}", twelve: true,
	}
	welsh = calendar{
		months: [12]string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
		days:   [7]string{"dydd Sul", "dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn"},
		day:    "{d} {month} {y}", long: "{weekday} {day}",
	}
	polish = calendar{
		months: [12]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"},
		days:   [7]string{"niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"},
		day:    "{d} {month} {y}", long: "{weekday}, {day}",
	}
	portuguese = calendar{
		months: [12]string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"},
		days:   [7]string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"},
		day:    "{d} de {month} de {y}", long: "{weekday}, {day}",
	}
	romanian = calendar{
		months: [12]string{"ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august", "septembrie", "octombrie", "noiembrie", "decembrie"},
		days:   [7]string{"duminică", "luni", "marți", "miercuri", "joi", "vineri", "sâmbătă"},
		day:    "{d} {month} {y}", long: "{weekday}, {day}",
	}
	somali = calendar{
		months: [12]string{"Jannaayo", "Febraayo", "Maarso", "Abriil", "Maajo", "Juun", "Luuliyo", "Ogost", "Sebtembar", "Oktoobar", "Nofembar", "Disembar"},
		days:   [7]string{"Axad", "Isniin", "Talaado", "Arbaco", "Khamiis", "Jimce", "Sabti"},
		day:    "{d} {month} {y}", long: "{weekday}, {day}",
	}
	turkish = calendar{
		months: [12]string{"Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"},
		days:   [7]string{"Pazar", "Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi"},
		day:    "{d} {month} {y}", long: "{day} {weekday}",
	}
	ukrainian = calendar{
		months: [12]string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
		days:   [7]string{"неділя", "понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота"},
		day:    "{d} {month} {y} року", long: "{weekday}, {day}",
	}
	arabic = calendar{
		months: [12]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
		days:   [7]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
		day:    "{d} {month} {y}", long: "{weekday}، {day}",
	}
	urdu = calendar{
		months: [12]string{"جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"},
		days:   [7]string{"اتوار", "پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ"},
		day:    "{d} {month} {y}", long: "{weekday}، {day}",
	}
	bengali = calendar{
		months: [12]string{"জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"},
		days:   [7]string{"রবিবার", "সোমবার", "মঙ্গলবার", "বুধবার", "বৃহস্পতিবার", "শুক্রবার", "শনিবার"},
		day:    "{d} {month} {y}", long: "{weekday}, {day}",
	}
	panjabi = calendar{
		months: [12]string{"ਜਨਵਰੀ", "ਫ਼ਰਵਰੀ", "ਮਾਰਚ", "ਅਪ੍ਰੈਲ", "ਮਈ", "ਜੂਨ", "ਜੁਲਾਈ", "ਅਗਸਤ", "ਸਤੰਬਰ", "ਅਕਤੂਬਰ", "ਨਵੰਬਰ", "ਦਸੰਬਰ"},
		days:   [7]string{"ਐਤਵਾਰ", "ਸੋਮਵਾਰ", "ਮੰਗਲਵਾਰ", "ਬੁੱਧਵਾਰ", "ਵੀਰਵਾਰ", "ਸ਼ੁੱਕਰਵਾਰ", "ਸ਼ਨਿੱਚਰਵਾਰ"},
		day:    "{d} {month} {y}", long: "{weekday}, {day}",
	}
)

// Date is a day YYYY-MM-DD as an argument of a text: it is written in the language in which the text is said.
type Date string

// Day writes a date YYYY-MM-DD as people of the language do, with the month in letters so that 3/4 is never read as the fourth of March.
// What is no date is given back as it stands.
func (l Lang) Day(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return l.tongue().calendar.write(t)
}

// LongDay is Day with the day of the week.
func (l Lang) LongDay(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	c := l.tongue().calendar
	return strings.NewReplacer("{weekday}", c.days[t.Weekday()], "{day}", c.write(t)).Replace(c.long)
}

func (c calendar) write(t time.Time) string {
	return strings.NewReplacer("{d}", t.Format("2"), "{month}", c.months[t.Month()-1], "{y}", t.Format("2006")).Replace(c.day)
}

// Clock writes a time of the day: "3.45pm" in English and "15:45" in the other languages.
func (l Lang) Clock(t time.Time) string {
	c := l.tongue().calendar
	if c.twelve {
		return t.Format("3.04pm")
	}
	return t.Format("15:04")
}

// Moment is LongDay and Clock of one time, in the zone that t has.
func (l Lang) Moment(t time.Time) string {
	return l.LongDay(t.Format(time.DateOnly)) + l.tongue().comma + l.tongue().apart(l.Clock(t))
}
