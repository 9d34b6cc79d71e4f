package progress

import "ajar/internal/kit/batch"

// offer adds the kinds of import that bring figures in.
func (s *Service) offer(*batch.Service) {}
