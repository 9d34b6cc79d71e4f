package roll

// offer adds the kinds of import that bring people in.
func (s *Service) offer() {}
