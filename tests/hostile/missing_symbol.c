// Exports nothing that chipfit knows.
// verdict: REJECTED
// symbol: my_chip_init
#include <chipfit/chipfit_plugin.h>

CHIPFIT_EXPORT int my_chip_init(void);

int my_chip_init(void) {
  return 0;
}
