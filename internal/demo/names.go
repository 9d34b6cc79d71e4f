package demo

// community is where a family's names and home language come from. The lists are common names put together anew; nobody is meant.
type community struct {
	language string // spoken at home; empty for English
	share    int    // of 1,000 families
	girls    []string
	boys     []string
	surnames []string
}

var communities = []community{
	{"", 610,
		[]string{"Alice", "Amelia", "Beth", "Caitlin", "Charlotte", "Daisy", "Ellie", "Emily", "Erin", "Freya", "Georgia", "Grace", "Hannah", "Holly", "Isla", "Jasmine", "Keira", "Lacey", "Lily", "Lucy", "Maisie", "Megan", "Millie", "Niamh", "Olivia", "Phoebe", "Poppy", "Rosie", "Ruby", "Scarlett", "Shanice", "Summer", "Tia", "Willow", "Zara"},
		[]string{"Aaron", "Alfie", "Archie", "Bailey", "Ben", "Callum", "Charlie", "Connor", "Daniel", "Dylan", "Ethan", "Finley", "Freddie", "George", "Harry", "Harvey", "Isaac", "Jack", "Jake", "Jayden", "Joshua", "Kai", "Kieran", "Leo", "Lewis", "Liam", "Logan", "Luke", "Mason", "Nathan", "Oliver", "Owen", "Reece", "Rhys", "Riley", "Ryan", "Sam", "Theo", "Toby", "Tyler"},
		[]string{"Abbott", "Ashworth", "Barlow", "Bennett", "Birch", "Booth", "Brook", "Burgess", "Carter", "Chapman", "Clegg", "Cole", "Cooper", "Crossley", "Dawson", "Dixon", "Ellis", "Fielding", "Fletcher", "Gibson", "Graham", "Greenwood", "Hartley", "Hayes", "Holt", "Howarth", "Hughes", "Jackson", "Jennings", "Kaye", "Kendall", "Lawson", "Marsden", "Mellor", "Moore", "Naylor", "Newton", "O'Brien", "O'Neill", "Parkin", "Pearce", "Pickering", "Quinn", "Radcliffe", "Reid", "Rhodes", "Sanderson", "Shaw", "Stubbs", "Sutcliffe", "Talbot", "Thorpe", "Turner", "Wainwright", "Walsh", "Webster", "Whitaker", "Woodhead", "Yates"}},
	{"Urdu", 92,
		[]string{"Aaliyah", "Aisha", "Aleena", "Amna", "Fatima", "Hafsa", "Iqra", "Khadija", "Laiba", "Maryam", "Noor", "Sana", "Zainab", "Zoya"},
		[]string{"Adeel", "Ahmed", "Bilal", "Faisal", "Hamza", "Haroon", "Ibrahim", "Imran", "Kamran", "Musa", "Rayyan", "Saad", "Usman", "Zain"},
		[]string{"Akhtar", "Anwar", "Ashraf", "Aziz", "Butt", "Chaudhry", "Hussain", "Iqbal", "Javed", "Khan", "Mahmood", "Malik", "Mirza", "Qureshi", "Rafiq", "Raza", "Saleem", "Shah", "Siddiqui"}},
	{"Panjabi", 48,
		[]string{"Amrit", "Gurleen", "Harleen", "Jasleen", "Jaspreet", "Kiran", "Manpreet", "Navdeep", "Parveen", "Simran"},
		[]string{"Arjan", "Balraj", "Gurdeep", "Harjit", "Jaspal", "Karan", "Manveer", "Rajan", "Ranjit", "Sukhdev"},
		[]string{"Atwal", "Bains", "Dhaliwal", "Dhillon", "Gill", "Grewal", "Johal", "Sandhu", "Sidhu", "Sohal"}},
	{"Polish", 58,
		[]string{"Agnieszka", "Alicja", "Hania", "Julia", "Kinga", "Lena", "Maja", "Małgorzata", "Oliwia", "Wiktoria", "Zofia", "Zuzanna"},
		[]string{"Adrian", "Bartek", "Filip", "Jakub", "Kacper", "Łukasz", "Mateusz", "Michał", "Oskar", "Szymon", "Tomasz", "Wojciech"},
		[]string{"Adamczyk", "Dąbrowski", "Grabowski", "Jabłoński", "Kamiński", "Kowalczyk", "Krawczyk", "Król", "Lewandowski", "Mazur", "Nowak", "Pawłowski", "Szymański", "Wójcik", "Zając", "Zieliński"}},
	{"Romanian", 36,
		[]string{"Alexandra", "Andreea", "Bianca", "Crina", "Daria", "Elena", "Ioana", "Mihaela", "Ștefania"},
		[]string{"Alexandru", "Bogdan", "Cristian", "Darius", "Ionuț", "Luca", "Mihai", "Răzvan", "Ștefan"},
		[]string{"Bălan", "Ciobanu", "Dumitru", "Florea", "Ionescu", "Marin", "Munteanu", "Popa", "Radu", "Stoica", "Țurcanu"}},
	{"Bengali", 40,
		[]string{"Anika", "Farhana", "Jannat", "Nadia", "Nusrat", "Rumana", "Sadia", "Tasnim"},
		[]string{"Arif", "Fahim", "Jamil", "Mahir", "Nabil", "Rahim", "Shafiq", "Tanvir"},
		[]string{"Ahmed", "Alam", "Ali", "Begum", "Chowdhury", "Haque", "Islam", "Karim", "Miah", "Rahman", "Uddin"}},
	{"Somali", 28,
		[]string{"Amina", "Asha", "Ayaan", "Deeqa", "Fadumo", "Hodan", "Idil", "Sagal"},
		[]string{"Abdi", "Ayub", "Bashir", "Guled", "Ismail", "Liban", "Mahad", "Yusuf"},
		[]string{"Abdullahi", "Abshir", "Aden", "Farah", "Hassan", "Jama", "Mohamud", "Nur", "Osman", "Warsame"}},
	{"Arabic", 26,
		[]string{"Dalia", "Hala", "Layla", "Lina", "Rana", "Salma", "Yara"},
		[]string{"Amir", "Hadi", "Karim", "Majd", "Omar", "Tariq", "Yazan"},
		[]string{"Al-Hadi", "Al-Masri", "Darwish", "Haddad", "Khalil", "Mansour", "Nasser", "Saleh", "Youssef"}},
	{"Portuguese", 18,
		[]string{"Beatriz", "Carolina", "Inês", "Leonor", "Mariana"},
		[]string{"Diogo", "Gonçalo", "João", "Rafael", "Tiago"},
		[]string{"Araújo", "Carvalho", "Fernandes", "Gonçalves", "Lopes", "Pereira", "Simões", "Teixeira"}},
	{"Turkish", 16,
		[]string{"Ayşe", "Ceren", "Elif", "Melis", "Selin"},
		[]string{"Barış", "Can", "Emre", "Kerem", "Yiğit"},
		[]string{"Aydın", "Çelik", "Demir", "Kaya", "Öztürk", "Şahin", "Yıldız"}},
	{"Ukrainian", 16,
		[]string{"Daryna", "Kateryna", "Oksana", "Solomiia", "Yaryna"},
		[]string{"Andrii", "Bohdan", "Danylo", "Maksym", "Oleh"},
		[]string{"Bondarenko", "Hrytsenko", "Koval", "Kravchuk", "Lysenko", "Melnyk", "Savchuk"}},
	{"Tamil", 12,
		[]string{"Abirami", "Kavitha", "Meena", "Priya", "Thara"},
		[]string{"Aravind", "Dinesh", "Hari", "Kumaran", "Siva"},
		[]string{"Ganesan", "Kandiah", "Murugan", "Nadarajah", "Rajan", "Selvam"}},
}

var streets = []string{"Alder Row", "Bakehouse Lane", "Canal View", "Cinder Bank", "Dyehouse Street", "Ferry Road", "Foundry Terrace", "Garnet Street", "Harebell Close", "Kiln Street",
	"Lantern Street", "Larch Avenue", "Maltings Road", "Mill Bank", "Nettle Hill", "Old Wharf", "Orchard Way", "Pepper Lane", "Quarry Rise", "Railway Cottages", "Saddler's Yard", "Sallow Road", "Spindle Street",
	"Station Parade", "Tanner's Row", "Teasel Drive", "Thimble Lane", "Tollgate", "Weaver Street", "Willow Court"}

type place struct {
	code, name, phase string
	pupils            int // a year group, for schools
	fsm               int // percent of families
}

// The cluster. Harrowmere is in no atlas.
var places = []place{
	{"HARROWMERE", "Harrowmere High School", "secondary", 250, 31},
	{"QUILLBROOK", "Quillbrook Primary School", "primary", 60, 44},
	{"TANSYLANE", "Tansy Lane Primary School", "primary", 30, 52},
	{"FERNHOLLOW", "Fernhollow Primary School", "primary", 30, 27},
	{"COPPERWELL", "Copperwell Primary School", "primary", 30, 38},
	{"DUNNAKER", "Dunnaker Primary School", "primary", 30, 18},
	{"SALLOWFIELD", "Sallowfield Primary School", "primary", 30, 61},
	{"BRINDLEWICK", "Brindlewick Primary School", "primary", 30, 33},
	{"LANTERN", "Lantern Street Children's Centre", "", 0, 0},
	{"OLDWHARF", "Old Wharf Children's Centre", "", 0, 0},
}
