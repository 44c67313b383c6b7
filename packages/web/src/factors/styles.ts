/** The styles of the parts of Mantine that only these pages use, and of the parts that these are made of. */
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/Skeleton.css';
