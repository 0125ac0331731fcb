/**
 * Letters that Unicode does not take apart into one of A to Z and a mark, with what people write instead: the letter
 * alone, and as it is spelled out where that differs. Small letters; Cyrillic and Greek as passports have them (ICAO
 * 9303, ELOT 743) and as they are commonly written.
 */
export const latinLetters = `
ß ss
ø o oe
å a aa
ä a ae
ö o oe
ü u ue
æ ae
œ oe
ł l
đ d dj
ð d
þ th
ħ h
ı i
а a
б b
в v
г g
ґ g
д d
е e
ё e yo
є ie ye
ж zh
з z
и i
і i
ї i yi
й i y
к k
л l
м m
н n
о o
п p
р r
с s
т t
у u
ў u
ф f
х kh h
ц ts
ч ch
ш sh
щ shch
ъ ie -
ы y
ь -
э e
ю iu yu
я ia ya
ђ dj
ј j
љ lj
њ nj
ћ c
џ dz
α a
β v
γ g
δ d
ε e
ζ z
η i
θ th
ι i
κ k
λ l
μ m
ν n
ξ x
ο o
π p
ρ r
σ s
ς s
τ t
υ y u
φ f
χ ch h
ψ ps
ω o
`;
