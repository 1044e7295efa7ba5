import lake from '../../../../assets/demo/articles/thirty-springs-1.jpg';
import rings from '../../../../assets/demo/thumbs/AUR-26-1124.jpg';
import plaza from '../../../../assets/demo/thumbs/AUR-26-1126.jpg';
import courtyard from '../../../../assets/demo/thumbs/AUR-26-1129.jpg';
import rooftops from '../../../../assets/demo/thumbs/AUR-26-1131.jpg';
import footbridge from '../../../../assets/demo/thumbs/AUR-26-1133.jpg';
import otter from '../../../../assets/demo/thumbs/AUR-26-1136.jpg';
import tea from '../../../../assets/demo/thumbs/AUR-26-1138.jpg';
import osprey from '../../../../assets/demo/thumbs/AUR-26-1141.jpg';
import dunes from '../../../../assets/demo/thumbs/AUR-26-1143.jpg';
import skyline from '../../../../assets/demo/thumbs/AUR-26-1145.jpg';
import arches from '../../../../assets/demo/thumbs/AUR-26-1146.jpg';
import print from '../../../../assets/demo/thumbs/AUR-26-1098.jpg';
import meadow from '../../../../assets/demo/thumbs/AUR-26-1103.jpg';
import valley from '../../../../assets/demo/thumbs/AUR-26-1121.jpg';
import laser from '../../../../assets/demo/thumbs/AUR-26-1110.jpg';
import hide from '../../../../assets/demo/thumbs/AUR-26-1115.jpg';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import css from './welcome.module.css';

const PICTURES = [
  lake,
  skyline,
  dunes,
  osprey,
  tea,
  otter,
  arches,
  footbridge,
  rooftops,
  courtyard,
  plaza,
  rings,
  print,
  meadow,
  valley,
  laser,
  hide,
];

/** Pictures for the first start, before there is a catalogue. */
export function Wall() {
  return (
    <div aria-hidden className={css.wall}>
      {PICTURES.map((src) => (
        <Thumbnail className={css.picture} key={src} src={src} />
      ))}
    </div>
  );
}
