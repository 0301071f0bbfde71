const list = (text: string) => {
  const items = text.trim().split(/\s*,\s*|\n\s*/)
  return { length: items.length, sql: `[${items.map((item) => `'${item}'`).join(',')}]` }
}

/** TPC-H's value domains, as DuckDB lists. */
export const LISTS = {
  region: list('AFRICA, AMERICA, ASIA, EUROPE, MIDDLE EAST'),
  nation: list(`
    ALGERIA, ARGENTINA, BRAZIL, CANADA, EGYPT, ETHIOPIA, FRANCE, GERMANY, INDIA, INDONESIA, IRAN,
    IRAQ, JAPAN, JORDAN, KENYA, MOROCCO, MOZAMBIQUE, PERU, CHINA, ROMANIA, SAUDI ARABIA, VIETNAM,
    RUSSIA, UNITED KINGDOM, UNITED STATES`),
  segment: list('AUTOMOBILE, BUILDING, FURNITURE, MACHINERY, HOUSEHOLD'),
  priority: list('1-URGENT, 2-HIGH, 3-MEDIUM, 4-NOT SPECIFIED, 5-LOW'),
  instruction: list('DELIVER IN PERSON, COLLECT COD, NONE, TAKE BACK RETURN'),
  mode: list('REG AIR, AIR, RAIL, SHIP, TRUCK, MAIL, FOB'),
  finish: list('STANDARD, SMALL, MEDIUM, LARGE, ECONOMY, PROMO'),
  treatment: list('ANODIZED, BURNISHED, PLATED, POLISHED, BRUSHED'),
  metal: list('TIN, NICKEL, BRASS, STEEL, COPPER'),
  wrap: list('SM, LG, MED, JUMBO, WRAP'),
  vessel: list('CASE, BOX, BAG, JAR, PKG, PACK, CAN, DRUM'),
  color: list(`
    almond, antique, aquamarine, azure, beige, bisque, black, blanched, blue, blush, brown,
    burlywood, burnished, chartreuse, chiffon, chocolate, coral, cornflower, cornsilk, cream, cyan,
    dark, deep, dim, dodger, drab, firebrick, floral, forest, frosted, gainsboro, ghost, goldenrod,
    green, grey, honeydew, hot, indian, ivory, khaki, lace, lavender, lawn, lemon, light, lime,
    linen, magenta, maroon, medium, metallic, midnight, mint, misty, moccasin, navajo, navy, olive,
    orange, orchid, pale, papaya, peach, peru, pink, plum, powder, puff, purple, red, rose, rosy,
    royal, saddle, salmon, sandy, seashell, sienna, sky, slate, smoke, snow, spring, steel, tan,
    thistle, tomato, turquoise, violet, wheat, white, yellow`),
  comment: list(`
    accounts, asymptotes, attainments, braids, carefully, courts, deposits, dependencies, depths,
    dolphins, dugouts, epitaphs, escapades, excuses, express, final, foxes, frays, furiously,
    gifts, hockey players, ideas, instructions, ironic, packages, patterns, pearls, pending, pinto beans,
    platelets, players, quickly, regular, requests, sauternes, sentiments, sheaves, sleep, slyly,
    special, theodolites, unusual, warhorses, waters, wake`),
} as const
