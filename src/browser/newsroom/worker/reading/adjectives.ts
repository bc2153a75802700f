/** First words of source names: 256, each easy to say and kind to whoever bears it. The order is part of every name: never change it. */
export const ADJECTIVES: readonly string[] = `
  amber ample apricot arctic ashen autumn azure balmy beige bold brass brave breezy bright brisk
  bronze brown burnished calm candid carefree careful cedar chilly cinnamon citron clover
  coastal comic coral cordial cosmic cosy cotton crafty crimson crystal cyan dainty daring dawn
  deep deft desert dewy distant downy dreamy dusty eager early earnest eastern easy ebony
  emerald evening fabled faded faithful famous fancy feathered fern festive fiery fine flaxen
  fleet floral flowing fluent foggy frank fresh friendly gallant garden gentle gilded ginger
  glad glassy gleaming glossy glowing golden graceful granite grassy grateful handy happy hardy
  hazel hazy hearty heather helpful honest honey humble icy indigo inland ivory jade jaunty
  jolly jovial joyful keen kind khaki lavender leafy lemon level light lilac lime linen lively
  lucid lucky lunar lush magenta maple marble marine meadow mellow merry mighty mild mint misty
  morning mossy mustard navy neat nimble noble northern oaken ocean ochre olive opal open orange
  orchid pale pastel patient peach pearl pepper placid playful plucky plum polar polished polite
  poppy prairie prime proud prudent quiet radiant rainy rapid rare ready regal rich ripe river
  robust rosy royal ruby rugged russet saffron sage sandy sapphire satin scarlet sepia serene
  shady sharp shiny silken silver simple sincere sleek slender smiling smoky smooth snowy social
  soft solar solid southern speckled spirited spotted sprightly spring stable starry stately
  steady stony sturdy subtle summer sunny tall tangy tawny tender thankful thistle tidal tidy
  timber topaz trusty twilight upland useful vast verdant vernal wakeful walnut watchful wavy
  wheaten white windy wooden woven yellow zesty
`
  .trim()
  .split(/\s+/);
