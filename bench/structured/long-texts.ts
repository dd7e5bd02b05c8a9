// Texts of some 3,000 words, made of a few sentences each with other names and numbers: long enough to fill a small
// model's window, and reproducible.

const streets = ['Linden', 'Harbour', 'Station', 'Garden', 'Mill', 'Church', 'Market', 'River'];

type Paragraph = (street: string, index: number) => string;

/** @param count paragraphs */
function write(count: number, paragraph: Paragraph, join: string): string {
  return Array.from({ length: count }, (_, index) =>
    paragraph(streets[index % streets.length] ?? '', index + 1),
  ).join(join);
}

const english: Paragraph = (street, index) =>
  `Item ${index} of the city council's agenda was ${street} Street. Councillor Baker asked why its repair had cost ` +
  `${index * 12},000 euros instead of ${index * 9},000, and the treasurer answered that the price of asphalt had ` +
  `risen by ${index + 4} per cent. Residents complained of noise before seven in the morning. The council decided by ` +
  `${20 + index} votes to ${10 + index} to go on with the work until May ${index % 28 || 28}, and to plant ${index * 3} trees.`;

const german: Paragraph = (street, index) =>
  `Punkt ${index} der Tagesordnung des Stadtrats war die ${street}-Straße. Stadträtin Becker fragte, warum die ` +
  `Sanierung ${index * 12}.000 Euro gekostet habe statt ${index * 9}.000, und der Kämmerer antwortete, dass Asphalt um ` +
  `${index + 4} Prozent teurer geworden sei. Anwohner beklagten sich über Lärm vor sieben Uhr morgens. Der Rat beschloss ` +
  `mit ${20 + index} zu ${10 + index} Stimmen, die Arbeiten bis zum ${index % 28 || 28}. Mai fortzusetzen und ${index * 3} Bäume zu pflanzen.`;

const chinese: Paragraph = (_street, index) =>
  `市议会议程第${index}项是第${index}街的维修。议员李华问为什么费用是${index * 12}万元而不是${index * 9}万元，财务主管回答说沥青价格` +
  `上涨了百分之${index + 4}。居民抱怨早上七点以前的噪音。议会以${20 + index}票对${10 + index}票决定施工到五月${index % 28 || 28}日，并种植${index * 3}棵树。`;

const japanese: Paragraph = (_street, index) =>
  `市議会の議題の${index}番目は第${index}通りの修理でした。田中議員は、費用が${index * 9}万円ではなく${index * 12}万円になった理由を尋ね、` +
  `会計責任者はアスファルトの価格が${index + 4}パーセント上がったと答えました。住民は朝七時前の騒音に苦情を言いました。` +
  `議会は${20 + index}票対${10 + index}票で、工事を五月${index % 28 || 28}日まで続け、${index * 3}本の木を植えることを決めました。`;

/** A Chinese or Japanese text of as many words has about half as many characters again. */
export const longTexts = {
  en: write(40, english, '\n\n'),
  de: write(40, german, '\n\n'),
  zh: write(40, chinese, '\n\n'),
  ja: write(34, japanese, '\n\n'),
};
