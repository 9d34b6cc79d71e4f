package admin

import "time"

// tryMemory is for how long wrong tries are remembered.
const tryMemory = 24 * time.Hour
