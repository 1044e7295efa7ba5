export type ZoomedPicture = { src: string; alt: string; caption: string; credit: string };

/** The picture of a button in the article, with what stands below it. */
export function zoomedPicture(button: Element): ZoomedPicture {
  const image = button.querySelector('img');
  const caption = button.closest('figure')?.querySelector('figcaption');
  const credit = caption?.querySelector('cite')?.textContent.trim() ?? '';
  const words = caption?.textContent.trim() ?? '';
  return {
    src: image?.src ?? '',
    alt: image?.alt ?? '',
    caption: (credit !== '' && words.endsWith(credit)
      ? words.slice(0, -credit.length)
      : words
    ).trim(),
    credit,
  };
}
