package dev.sonde.symbolizer.demangle.itanium.tree;

/** The abbreviations {@code Sa} to {@code So} for names of the standard library. */
public enum StandardName {
    ALLOCATOR('a', "std::allocator", "allocator", "std::allocator"),
    BASIC_STRING('b', "std::basic_string", "basic_string", "std::basic_string"),
    STRING(
            's',
            "std::string",
            "basic_string",
            "std::basic_string<char, std::char_traits<char>, std::allocator<char> >"),
    ISTREAM('i', "std::istream", "basic_istream", "std::basic_istream<char, std::char_traits<char> >"),
    OSTREAM('o', "std::ostream", "basic_ostream", "std::basic_ostream<char, std::char_traits<char> >"),
    IOSTREAM('d', "std::iostream", "basic_iostream", "std::basic_iostream<char, std::char_traits<char> >");

    private static final StandardName[] VALUES = values();

    private final char letter;
    private final String shortForm;
    private final String className;
    private final String fullForm;

    StandardName(char letter, String shortForm, String className, String fullForm) {
        this.letter = letter;
        this.shortForm = shortForm;
        this.className = className;
        this.fullForm = fullForm;
    }

    /** The abbreviation of a letter behind {@code S}. */
    public static StandardName ofLetter(char letter) throws NotUnderstoodException {
        for (StandardName name : VALUES) {
            if (name.letter == letter) {
                return name;
            }
        }
        throw new NotUnderstoodException();
    }

    /** {@code std::string}. */
    public String shortForm() {
        return shortForm;
    }

    /** What its constructors are called. */
    public String className() {
        return className;
    }

    /** The class that the short form is a name of. */
    public String fullForm() {
        return fullForm;
    }
}
