import { LabIcon } from '@jupyterlab/ui-components';

const COLOUR = 'var(--jp-inverse-layout-color3, #616161)';

/** A notebook with a flask on its cover, as lines in the theme's icon colour. */
export const labbookIcon = new LabIcon({
  name: 'jupyter-labbook:labbook',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16">
  <g fill="none" stroke="${COLOUR}" stroke-width="1.2" stroke-linejoin="round" stroke-linecap="round">
    <path d="M4 1.6h8.2c.5 0 .9.4.9.9v11c0 .5-.4.9-.9.9H4z"/>
    <path d="M2.400 4.300H4M2.400 8H4M2.400 11.700H4"/>
    <path d="M7.700 4.200v2.500l-1.700 3.500c-.2.500.1.900.5.900h4.100c.4 0 .7-.4.5-.9L9.400 6.700V4.200M7 4.200h3.100"/>
  </g>
</svg>`
});
