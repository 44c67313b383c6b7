/** The styles of the parts of Mantine that the worklist uses beyond those of every page. */
import '@mantine/core/styles/Badge.css';
import '@mantine/core/styles/Skeleton.css';
