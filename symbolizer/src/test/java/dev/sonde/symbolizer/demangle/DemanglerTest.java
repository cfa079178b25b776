package dev.sonde.symbolizer.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemanglerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Names and scopes.
                "_Z3foov | foo()",
                "_Z3fooiz | foo(int, ...)",
                "_ZN3foo3barEv | foo::bar()",
                "_ZNK3foo3barEv | foo::bar() const",
                "_ZNKR3foo3barEv | foo::bar() const &",
                "_ZN12_GLOBAL__N_11fEv | (anonymous namespace)::f()",
                "_ZL4helpi | help(int)",
                "__Z3foov | foo()",
                // Constructors, destructors, operators, conversions.
                "_ZN3fooC1ERKS_ | foo::foo(foo const&)",
                "_ZN3fooD0Ev | foo::~foo()",
                "_ZNSsC1EPKcRKSaIcE | std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(char const*, std::allocator<char> const&)",
                "_ZNSt8ios_base7failureB5cxx11C1EPKc | std::ios_base::failure[abi:cxx11]::failure(char const*)",
                "_ZN3fooplERKS_ | foo::operator+(foo const&)",
                "_ZN3foonwEm | foo::operator new(unsigned long)",
                "_ZN3foocvbEv | foo::operator bool()",
                "_ZNK9StringRefcvNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEv | StringRef::operator std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >() const",
                "_ZN3foocvT_IiEEv | foo::operator int<int>()",
                "_Zli1xPKc | operator\"\" x(char const*)",
                // Templates, packs, substitutions.
                "_ZSt4moveIRSt6vectorIiSaIiEEEONSt16remove_referenceIT_E4typeEOS5_ | std::remove_reference<std::vector<int, std::allocator<int> >&>::type&& std::move<std::vector<int, std::allocator<int> >&>(std::vector<int, std::allocator<int> >&)",
                "_Z1fIJidEEvDpT_ | void f<int, double>(int, double)",
                "_Z1fIJEEvDpT_ | void f<>()",
                "_Z1fIiEvDTcl1gfp_EE | void f<int>(decltype(g(fp)))",
                "_ZN5outerI5innerIiEE1gES1_ | outer<inner<int> >::g(inner<int>)",
                "_Z1fILi3ELb1ELc65EEvv | void f<3, true, (char)65>()",
                "_Z1fILin3ELm7ELd3ff8000000000000EEvv | void f<-3, 7ul, 0x1.8p+0>()",
                "_Z1fIXadL_Z1gvEEEvv | void f<&(g())>()",
                // Types.
                "_Z1fPFivE | f(int (*)())",
                "_Z1fRA3_i | f(int (&) [3])",
                "_Z1fM3fooFivE | f(int (foo::*)())",
                "_Z1fPFPFivEdE | f(int (* (*)(double))())",
                "_Z1fPVKcOh | f(char const volatile*, unsigned char&&)",
                "_Z1fDn | f(std::nullptr_t)",
                "_Z1fDv4_f | f(float vector[4])",
                "_Z1fPDoFvvE | f(void (*)() noexcept)",
                // Local things.
                "_ZZ3foovE1x | foo()::x",
                "_ZZ3foovENKUlvE_clEv | foo()::'lambda'()::operator()() const",
                "_ZZ3foovENKUlT_E0_clIiEEDaS_ | auto foo()::'lambda0'(auto)::operator()<int>(auto) const",
                "_ZN3fooUt_C2Ev | foo::'unnamed'::'unnamed'()",
                // Things that are described.
                "_ZTV3foo | vtable for foo",
                "_ZThn16_N3foo3barEv | non-virtual thunk to foo::bar()",
                "_ZGVZ3foovE1x | guard variable for foo()::x",
                "_ZTC3foo0_3bar | construction vtable for bar-in-foo",
                // Copies made by compilers.
                "_Z3foov.cold | foo() [clone .cold]",
                "_Z3foov.part.0.constprop.1 | foo() [clone .part.0] [clone .constprop.1]",
                // Older GCC.
                "_Z1fIIidEEvDpT_ | void f<int, double>(int, double)",
                "_Z1fIiEN9enable_ifIXsr6is_intIT_E5valueEvE4typeES2_ | enable_if<is_int<int>::value, void>::type f<int>(int)",
            })
    void cxx(String mangled, String expected) {
        assertThat(Demangler.demangle(mangled)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE | core::fmt::Formatter::pad",
                "_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE | <T as core::convert::Into<U>>::into",
                "_ZN1a28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE | a::{{closure}}",
                "_ZN3foo3bar17h0123456789abcdefE.llvm.123456 | foo::bar",
                "_ZN3foo3bar17h0123456789abcdefE.cold | foo::bar [clone .cold]",
                "_RNvC6_123foo3bar | 123foo::bar",
                "_RNvCskwGfYPst2Cb_7mycrate3foo | mycrate::foo",
                "_RNCNvC1a1b0 | a::b::{closure#0}",
                "_RNCNvC1a1bs_0 | a::b::{closure#1}",
                "_RINvC1a1bhlE | a::b::<u8, i32>",
                "_RNvMC1aNtB2_1S3new | <a::S>::new",
                "_RNvXC1aNtB2_1SNtB2_1T1f | <a::S as a::T>::f",
                "_RNvYNtC1a1SNtB4_1T1f | <a::S as a::T>::f",
                "_RINvC1a1fTlEE | a::f::<(i32,)>",
                "_RINvC1a1fRShE | a::f::<&[u8]>",
                "_RINvC1a1fQAhj4_E | a::f::<&mut [u8; 4]>",
                "_RINvC1a1fFUKCEuE | a::f::<unsafe extern \"C\" fn()>",
                "_RINvC1a1fDNtB2_1Tp4ItemhEL_E | a::f::<dyn a::T<Item = u8>>",
                "_RINvC1a1fFG_RL0_hERL0_hE | a::f::<for<'a> fn(&'a u8) -> &'a u8>",
                "_RINvC1a1fKj4_Kb1_Kcfc_Kan80_E | a::f::<4, true, 'ü', -128>",
                "_RNvC1au8gdel_5qa | a::gödel",
            })
    void rust(String mangled, String expected) {
        assertThat(Demangler.demangle(mangled)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "__",
                "main",
                "_start",
                "_Z",
                "__Z",
                "_R",
                "_Zfoo",
                "_Z3fo",
                "_ZN3fooE3",
                "_Z999999999999999f",
                "_ZGVbN2v_sin",
                "_ZTX3foo",
                "_ZS_",
                "_ZN3fooC1Ev@@GLIBC",
                "_Z3foov.",
                "_Z3foov .cold",
                "_RNvC",
                "_R3foo",
                "_RNvC1aB9_",
                "_RNvC1aBz_",
                "_ZT_",
                "_Z1fIT0_Ev",
                "_Zcv",
                "_Z1fIXE",
                "java_lang_Object",
                "_ZL",
                "_ZN",
                "_ZNK",
                "_ZZ",
                "_Z1fDF",
                "_Z1fU9objcprotoi",
                "\u00fc\u4e2d",
            })
    void whatIsNotUnderstoodComesBack(String name) {
        assertThat(Demangler.demangle(name)).isEqualTo(name);
    }

    @Test
    void namesThatWouldFillTheMemoryComeBack() {
        // Each pair doubles the one before: 2^60 parts out of a few hundred characters.
        StringBuilder doubling = new StringBuilder("_Z1fI1pIiiE");
        for (int i = 0; i < 60; i++) {
            String last = i == 0 ? "S0_" : "S" + Integer.toString(i, 36).toUpperCase(Locale.ROOT) + "_";
            doubling.append("S_I").append(last).append(last).append('E');
        }
        assertThat(Demangler.demangle(doubling + "Evv")).isEqualTo(doubling + "Evv");

        StringBuilder rust = new StringBuilder("_RINvC1a1f");
        for (int i = 0; i < 60; i++) {
            int at = rust.length() - 2;
            String last =
                    i == 0 ? "h" : "B" + base62(at - 6 - (i > 1 ? 2 * base62(at).length() : 0));
            rust.append('T').append(last).append(last).append('E');
        }
        assertThat(Demangler.demangle(rust + "E").length()).isLessThanOrEqualTo(16 * 1024);
    }

    private static String base62(int number) {
        return number <= 0 ? "_" : Integer.toString(number - 1, 36) + "_";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"P", "N", "Z", "A_", "F", "I", "DT", "X", "LZ", "St1aI", "K", "Dp", "M1a", "R", "T", "B", "NC"})
    void deepNestingComesBackOnASmallStack(String unit) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        // Half of what HotSpot gives a thread on x86-64.
        Thread small = new Thread(null, () -> demangleDeep(unit), "small stack", 512 * 1024);
        small.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
        small.start();
        small.join();
        assertThat(failure.get()).isNull();
    }

    private static void demangleDeep(String unit) {
        for (int depth : new int[] {100, 250, 1000, 30_000}) {
            String body = unit.repeat(Math.min(depth, 32_000 / unit.length()));
            for (String start : new String[] {"_Z1f", "_Z", "_Z1fIX", "_Z1fDT", "_R", "_RINvC1a1f"}) {
                String name = start + body + "iE";
                assertThat(Demangler.demangle(name).length()).isLessThanOrEqualTo(Math.max(name.length(), 16 * 1024));
            }
        }
    }

    @Test
    void emptyPacksWithinPacksEnd() {
        // Expansions of empty packs write nothing, so only the bound on the work ends them.
        StringBuilder name = new StringBuilder("_Z1fIJEEv");
        for (int i = 0; i < 40; i++) {
            name.append("DpFvT_DpS")
                    .append(Integer.toString(i, 36).toUpperCase(Locale.ROOT))
                    .append("_E");
        }
        assertThat(Demangler.demangle(name.toString())).isNotNull();
    }

    @Test
    void aConversionToItsOwnTemplateParameterEnds() {
        assertThat(Demangler.demangle("_ZN1AcvT_I1BIT_EEEv")).isNotNull();
        assertThat(Demangler.demangle("_ZN1AcvT_IDpT_EEv")).isNotNull();
        assertThat(Demangler.demangle("_ZN1AcvT0_IiT0_EEv")).isNotNull();
    }
}
