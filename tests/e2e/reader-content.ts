import { openContent } from '../../src/service/content/open.ts';
import type { ContentArticle, ContentSource } from '../../src/service/content/library.ts';
import { demoDir } from '../support/service/demo.ts';

/** What the demo's articles don't have, each in one text. */
const NEIGHBOURS = Array.from(
  { length: 40 },
  (_, at) =>
    `<tr><td>Gauge ${at + 1}, lower bank</td>${Array.from({ length: 12 }, (__, month) => `<td>${((at * 7 + month * 13) % 90) + 10}.${month % 10} cm</td>`).join('')}</tr>`,
);
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const READING = `<p>Nobody planned the gauges. They were read from a kitchen window, then from a jetty, and the water was written down each time<sup><a href="#fn1">1</a></sup>.</p>
<p>“We had spent ten years on the swallows,” says the warden. “We planted the bank for the swallows. The otters read it as an invitation.” It is said without triumph, as one reports a reading of the water.</p>
<h2>What the readings say</h2>
<p>The numbers are kept at <a href="https://gauges.example/lower-bank/2026?all">the river authority</a> and at https://gauges.example/averyveryverylongaddress/${'without-a-single-blank-'.repeat(12)}end.</p>
<figure><img src="media:med_gone" alt="A gauge in the reeds, half under water" width="640" height="360"><figcaption>The third gauge. <cite>Photo: Auren Multimedia</cite></figcaption></figure>
<table><thead><tr><th>Gauge</th>${MONTHS.map((month) => `<th>${month}</th>`).join('')}</tr></thead><tbody>${NEIGHBOURS.join('')}</tbody></table>
${Array.from({ length: 14 }, (_, at) => `<p>Paragraph ${at + 1}. The otters were seen again at the lower river this morning, and the observation was noted beside the temperature, the height of the water and the initials of whoever had been standing there.</p>`).join('\n')}
<ol><li id="fn1"><p>By the second volunteer, after the first had gone home.</p></li></ol>`;

const ARABIC = `<p>لم يحضرها أحد. هذا ما يكرره الحراس، لأن الناس يسألون كل يوم عن الشاحنة التي وصلت فيها الحيوانات<sup><a href="#n1">1</a></sup>. لم تكن هناك شاحنة.</p>
<p>كانت العلامة الأولى صفا من القشور على درجة الرصيف. صور متطوع القشور ثم عدها مرتين، والماء هادئ.</p>
<blockquote><p>زرعنا الضفة من أجل طيور السنونو.</p><p><cite>حارس النهر</cite></p></blockquote>
<h2>ماذا فعلت المضخة</h2>
<table><thead><tr><th>المقياس</th><th>الارتفاع</th></tr></thead><tbody><tr><td>الأول</td><td>12 سم</td></tr><tr><td>الثاني</td><td>15 سم</td></tr></tbody></table>
<ul><li>نقلت المضخة إلى أعلى النهر.</li><li>توقف الماء عن الانخفاض مرتين في اليوم.</li></ul>
<ol><li id="n1">المتطوع الثاني.</li></ol>`;

const article = (
  more: Partial<Omit<ContentArticle, 'dir' | 'language'>> & { dir?: string; language?: string },
) =>
  ({
    id: 'art_gauges_en',
    rev: 1,
    language: 'en',
    dir: 'ltr',
    headline: 'Forty gauges and a kitchen window',
    summary: 'How a river came to be read by its neighbours, and what they found.',
    byline: ['Nel Hartog'],
    dateline: 'Lenderveen, Netherlands',
    country: 'NL',
    section: 'Environment',
    topics: ['Rivers and lakes'],
    publishedMin: -1,
    updatedMin: -1,
    pubStatus: 'usable',
    bodyHtml: READING,
    bodyText: READING.replaceAll(/<[^>]*>/gu, ' '),
    wordCount: 900,
    copyrightNotice: '© Auren Multimedia',
    usageTerms: 'Free of charge for editorial use, with credit.',
    offlineAllowed: true,
    relatedAssetIds: ['ast_aur261136'],
    media: [],
    ...more,
  }) as unknown as ContentArticle;

/** The demo with an article that has a table, notes and a soundbite, and one from right to left. */
export function readerContent(): ContentSource {
  const demo = openContent('demo', demoDir);
  return {
    ...demo,
    articles: [
      article({}),
      article({
        id: 'art_gauges_ar',
        language: 'ar',
        dir: 'rtl',
        headline: 'عادت ثعالب الماء وحدها، وكان على النهر أن يستعد أولا',
        summary: 'أربعون عاما انتظر النهر ضفافا نظيفة وليالي هادئة.',
        bodyHtml: ARABIC,
        bodyText: ARABIC.replaceAll(/<[^>]*>/gu, ' '),
        publishedMin: -2,
        updatedMin: -2,
      }),
      ...demo.articles,
    ],
  };
}
