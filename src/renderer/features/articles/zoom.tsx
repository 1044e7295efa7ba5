import { X } from 'lucide-react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { useTexts } from '../../state/context.tsx';
import { IconButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import type { ZoomedPicture } from './zoomed-picture.ts';
import css from './articles.module.css';

/** A picture of the article as large as the window. Esc and a click beside it close it. */
export function Zoom({ picture, onClose }: { picture: ZoomedPicture | null; onClose: () => void }) {
  const { articles, common } = useTexts();
  return (
    <ModalOverlay
      isDismissable
      className={cx(css.zoom)}
      data-theme="dark"
      isOpen={picture !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Modal className={cx(css.zoomed)}>
        <Dialog aria-label={picture?.alt || articles.picture} className={cx(css.zoomBox)}>
          <img alt={picture?.alt} src={picture?.src} onClick={onClose} />
          <p className={css.zoomWords}>
            <span>{picture?.caption}</span>
            <cite>{picture?.credit}</cite>
            <IconButton icon={X} keys="Esc" label={common.close} onPress={onClose} />
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
