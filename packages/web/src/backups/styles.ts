/** The styles of the parts of Mantine that only this page uses, and of the parts that these are made of. */
import '@mantine/core/styles/Skeleton.css';
