/** The styles of the parts of Mantine that the viewer uses beyond those of every page. */
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Divider.css';
import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';
import '@mantine/core/styles/Tooltip.css';
